import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { listen } from "@/server/start/process";
import { ask } from "./ask";

export type Loss = "request" | "answer";

/**
 * A proxy to the API for other programs, until the test ends. Of its `at`th request, counted from 1, it loses the request
 * or the answer. Returns the API's base path.
 */
export async function startLossyProxy(base: string, at: number, loss: Loss): Promise<string> {
  let count = 0;
  const server = createServer(async (request, response) => {
    count += 1;
    const isLost = count === at;
    const body = await buffer(request);
    if (isLost && loss === "request") return request.socket.destroy();
    const { method = "GET", url = "", headers } = request;
    const answer = await ask(base, url, { method, headers, body });
    if (isLost) return request.socket.destroy();
    return response.writeHead(answer.status, answer.headers).end(answer.text);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `${await listen(server, 0, "127.0.0.1")}/api/v2.0`;
}
