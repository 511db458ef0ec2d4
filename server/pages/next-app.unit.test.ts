import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { createHttpServer } from "@/server/http/http-server";
import { createRequestListener } from "@/server/http/request-listener";
import { prepareStop } from "@/server/http/stop";
import { listen } from "@/server/start/process";
import { createNextApp } from "./next-app";

vi.hoisted(() => vi.stubEnv("LOG_LEVEL", "silent"));

/** A server whose API returns "api" and whose pages, which are not built, return "no page". */
async function startServer({ dev }: { dev: boolean }) {
  const server = createHttpServer();
  const stop = prepareStop(server);
  const showPage = (await createNextApp(server, { dev })).getRequestHandler();
  const pages: typeof showPage = (request, response) =>
    showPage(request, response).catch(() => void response.end("no page"));
  server.on("request", createRequestListener({ api: (_request, response) => response.end("api"), pages, dev }));
  onTestFinished(() => server.closeAllConnections());
  return { server, stop, url: await listen(server, 0, "localhost") };
}

const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";

/** The body of the first response on a new connection. */
async function answerTo(path: string, url: string): Promise<string | undefined> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`);
  const [answer] = await once(socket, "data", { signal: AbortSignal.timeout(2000) });
  return String(answer).split("\r\n\r\n")[1];
}

test("an upgrade request gets the usual response, also after a page was shown, and does not delay a stop", async () => {
  const { stop, url } = await startServer({ dev: false });
  expect(await (await fetch(`${url}/groups`)).text()).toBe("no page");
  expect(await answerTo("/api/v2.0/groups", url)).toBe("api");
  expect(await answerTo("/health/live", url)).toBe("api");
  expect(await answerTo("/groups", url)).toBe("no page");
  const begun = performance.now();
  await stop({ grace: 0 });
  expect(performance.now() - begun).toBeLessThan(1000);
});

test("Next handles upgrades in development, for reloading pages", async () => {
  const { server, url } = await startServer({ dev: true });
  await fetch(`${url}/groups`);
  expect(server.listenerCount("upgrade")).toBe(1);
});
