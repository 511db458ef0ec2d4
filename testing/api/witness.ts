import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { listen } from "@/server/start/process";
import { ask } from "./ask";

/** A proxy to the API for other programs, until the test ends. `answers` has each status, or what `ask` threw. */
export async function startWitness(base: string): Promise<{ url: string; answers: string[] }> {
  const answers: string[] = [];
  const server = createServer(async (request, response) => {
    const { method = "GET", url: path = "", headers } = request;
    try {
      const {
        status,
        headers: answered,
        text,
      } = await ask(base, path, { method, headers, body: await buffer(request) });
      answers.push(`${method} ${path}: ${status}`);
      response.writeHead(status, answered).end(text);
    } catch (error) {
      answers.push(String(error));
      response.writeHead(500).end();
    }
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: await listen(server, 0, "127.0.0.1"), answers };
}
