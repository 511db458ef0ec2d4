import type { SMTPTransportOptions } from "nodemailer/lib/smtp-transport";

const loopback = ["localhost", "127.0.0.1", "::1"];

export type MailServer = Required<Pick<SMTPTransportOptions, "host" | "secure" | "requireTLS">> &
  Pick<SMTPTransportOptions, "auth"> & { port: number };

/** Parses SMTP_URL. A password is sent unencrypted only to this machine. */
export function mailServer(url: URL): MailServer {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const secure = url.protocol === "smtps:";
  const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  return {
    host,
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    requireTLS: user !== "" && !loopback.includes(host),
    ...(user !== "" && { auth: { user, pass } }),
  };
}
