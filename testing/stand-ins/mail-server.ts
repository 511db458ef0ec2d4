import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

type ReceivedMail = { from: string; to: string[]; raw: string; body: string };
export type MailServer = { url: string; received: ReceivedMail[]; close: () => Promise<void> };

/** For "localhost", from an authority that nobody knows. */
export const mailCertificate = {
  cert: readFileSync(new URL("./certificates/server.pem", import.meta.url)),
  key: readFileSync(new URL("./certificates/server.key", import.meta.url)),
};

/** A mail server that keeps what it gets. Without options it takes everything, unencrypted. */
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
  // A client that gives up is what some tests are about.
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

/** Reads quoted-printable, in which long lines are broken and other signs written as `=E2=80=A6`. */
function decoded(raw: string): string {
  const bytes = raw
    .replace(/=\r?\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}
