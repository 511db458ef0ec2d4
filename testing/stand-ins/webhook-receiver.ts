import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { text } from "node:stream/consumers";

type ReceivedMessage = { headers: IncomingHttpHeaders; body: string };
export type ReceiverAnswer = { status: number; body?: string; headers?: Record<string, string> };

/** A real receiver of webhooks that keeps what it receives, and answers what `answer` holds. */
export async function startReceiver() {
  const received: ReceivedMessage[] = [];
  const state: { answer: ReceiverAnswer } = { answer: { status: 204 } };
  const server: Server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) });
    const { status, headers, body } = state.answer;
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("the receiver has no port");
  return {
    url: `http://127.0.0.1:${address.port}/hook?key=1`,
    port: address.port,
    received,
    answerWith: (answer: ReceiverAnswer) => {
      state.answer = answer;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Whether the message was signed with the secret, as docs/notifications.md describes it, without the library. */
export function isSignedWith(secret: string, { headers, body }: ReceivedMessage): boolean {
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(signed).digest();
  const age = Math.abs(Date.now() / 1000 - Number(headers["webhook-timestamp"]));
  const signatures = String(headers["webhook-signature"]).split(" ");
  return (
    age < 300 &&
    signatures.some((signature) => {
      const given = Buffer.from(signature.replace(/^v1,/, ""), "base64");
      return signature.startsWith("v1,") && given.length === expected.length && timingSafeEqual(given, expected);
    })
  );
}
