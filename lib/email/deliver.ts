import { once } from "node:events";
import { connect } from "node:net";
import nodemailer, { type Transporter } from "nodemailer";
import { oneLine } from "./one-line";
import { type MailServer, mailServer } from "./server";

export type Mail = {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The same for each attempt to send a message, so that a repetition can be recognized. */
  messageId?: string;
  /** Where the recipient turns such messages off: the header List-Unsubscribe. */
  list?: { unsubscribe: string };
};

const usualLimits = { connection: 5000, whole: 10_000 };

/** Sends one message to the mail server. The timeout holds whatever the server does. */
export async function deliver(
  mail: Mail,
  { url, from }: { url: string; from: string },
  limits = usualLimits,
): Promise<void> {
  const { to, subject, ...content } = mail;
  // As an object the address is used literally, never parsed as a list.
  const message = { from, to: { name: "", address: to }, subject: oneLine(subject), ...content };
  await withTransport(mailServer(new URL(url)), limits, (transport) => transport.sendMail(message));
}

/** Connects, encrypts the connection, and signs in, as for a message. Sends none. Throws as `deliver` does. */
export async function tryMailServer(server: MailServer, limits = usualLimits): Promise<void> {
  await withTransport(server, limits, (transport) => transport.verify());
}

type Limits = typeof usualLimits;

async function withTransport(
  server: MailServer,
  limits: Limits,
  work: (transport: Transporter) => Promise<unknown>,
): Promise<void> {
  const whole = AbortSignal.timeout(limits.whole);
  // Our own socket can be closed at any time; nodemailer only has timeouts for inactivity.
  const socket = connect({ host: server.host, port: server.port, signal: whole });
  socket.on("error", () => {});
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(limits.connection) });
    const transport = nodemailer.createTransport({
      ...server,
      connection: socket,
      greetingTimeout: limits.connection,
      socketTimeout: limits.whole,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    await Promise.race([work(transport), endOf(whole)]);
  } finally {
    socket.destroy();
  }
}

function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
