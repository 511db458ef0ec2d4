import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

type ReceivedMail = { from: string; to: string[]; raw: string; body: string };
export type MailServer = { url: string; received: ReceivedMail[]; close: () => Promise<void> };

/** A certificate for "localhost" from an unknown authority. */
export const mailCertificate = {
  cert: readFileSync(new URL("./certificates/server.pem", import.meta.url)),
  key: readFileSync(new URL("./certificates/server.key", import.meta.url)),
};

/** A mail server that keeps what it receives. By default it accepts everything, unencrypted. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    ...(!options.secure && !options.cert && { disabledCommands: ["STARTTLS"] }),
    ...options,
    onData(stream, { envelope }, done) {
      text(stream).then((raw) => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : "";
        received.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw, body: decoded(raw) });
        done();
      }, done);
    },
  });
  // Some tests are about clients that give up.
  server.on("error", () => {});
  const listener = server.listen(0, "localhost");
  await once(listener, "listening");
  const address = listener.address();
  if (!address || typeof address === "string") throw new Error("the mail server has no port");
  return {
    url: `smtp${options.secure ? "s" : ""}://localhost:${address.port}`,
    received,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Decodes quoted-printable: long lines are broken, and other characters are written as `=E2=80=A6`. */
function decoded(raw: string): string {
  const bytes = raw
    .replace(/=\r?\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}
