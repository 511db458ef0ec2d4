import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { z } from "zod";
import { departures } from "./description";

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string; body: Record<string, unknown> };

type Asking = { method?: string; headers?: OutgoingHttpHeaders; body?: string | Buffer };

const object = z.record(z.string(), z.unknown());

/**
 * Sends the path and the headers unchanged; `fetch` would normalize them. `body` is {} if the answer isn't JSON.
 * Throws if the answer departs from openapi.json.
 */
export async function ask(base: string, path: string, asking: Asking = {}): Promise<Answer> {
  const answer = await send(base, path, asking);
  const { method = "GET" } = asking;
  const found = await departures({ ...answer, method, path });
  if (found.length > 0) {
    throw new Error(`${method} ${path} is answered ${answer.status} otherwise than described: ${found.join("; ")}`);
  }
  return answer;
}

function send(base: string, path: string, { method = "GET", headers = {}, body: sending }: Asking): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base);
    const sent = request({ hostname, port, path, method, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const isJson = text !== "" && /[/+]json\b/.test(response.headers["content-type"] ?? "");
      const body = object.parse(isJson ? JSON.parse(text) : {});
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body });
    });
    sent.on("error", reject);
    sent.end(sending);
  });
}

/** Sends the value as JSON, or no body without a value, with the token's secret. */
export function askAs(base: string, secret: string, method: string, path: string, value?: unknown): Promise<Answer> {
  const credential = { "private-token": secret };
  if (value === undefined) return ask(base, path, { method, headers: credential });
  const headers = { ...credential, "content-type": "application/json" };
  return ask(base, path, { method, headers, body: JSON.stringify(value) });
}
