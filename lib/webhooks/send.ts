import { Webhook as Signer } from "standardwebhooks";
import { oneLine } from "@/lib/email/one-line";
import { DomainError } from "@/lib/errors";
import { guardedFetch } from "@/lib/guarded-http/guarded-fetch";

/** `id` stays the same over the attempts to send a message. */
type Message = { id: string; body: string };
type Receiver = { url: string; secret: string };

export type Answer = { isAccepted: boolean; answer: string };

/** Characters of an answer that are kept for the page. */
const longestAnswer = 200;

/** Sends a signed message (Standard Webhooks), once. Any answer but 2xx is a refusal; a failed connection is one, too. */
export async function sendSigned({ id, body }: Message, { url, secret }: Receiver): Promise<Answer> {
  const now = new Date();
  const request = new Request(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "veHaaS-Webhooks",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
      "webhook-signature": new Signer(secret).sign(id, now, body),
    },
    body,
  });
  try {
    const response = await guardedFetch(new URL(url).origin)(request);
    return { isAccepted: response.ok, answer: shortened(`${response.status} ${await response.text()}`) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { isAccepted: false, answer: shortened(error.message) };
  }
}

/** One line without invisible characters, cut off between characters. */
function shortened(text: string): string {
  const characters = [...oneLine(text.slice(0, 10 * longestAnswer).toWellFormed())];
  return characters.length > longestAnswer
    ? `${characters.slice(0, longestAnswer - 1).join("")}…`
    : characters.join("");
}
