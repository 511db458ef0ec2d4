import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { z } from "zod";

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string; body: Record<string, unknown> };

type Asking = { method?: string; headers?: OutgoingHttpHeaders; body?: string | Buffer };

const object = z.record(z.string(), z.unknown());

/** Sends the path and the headers as they are given: `fetch` would tidy them up. `body` is {} where there is no JSON. */
export function ask(
  base: string,
  path: string,
  { method = "GET", headers = {}, body: sending }: Asking = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base);
    const sent = request({ hostname, port, path, method, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const isJson = text !== "" && !response.headers["content-type"]?.startsWith("text/");
      const body = object.parse(isJson ? JSON.parse(text) : {});
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body });
    });
    sent.on("error", reject);
    sent.end(sending);
  });
}

/** Sends JSON with the token's secret; without a value no body. */
export function askAs(base: string, secret: string, method: string, path: string, value?: unknown): Promise<Answer> {
  const credential = { "private-token": secret };
  if (value === undefined) return ask(base, path, { method, headers: credential });
  const headers = { ...credential, "content-type": "application/json" };
  return ask(base, path, { method, headers, body: JSON.stringify(value) });
}
