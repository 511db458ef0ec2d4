import type { RequestListener } from "node:http";
import { afterAll } from "vitest";
import { createApiListener } from "@/api/http/listener";
import { createHttpServer } from "@/server/http/http-server";
import { createRequestListener } from "@/server/http/request-listener";
import { listen } from "@/server/start/process";

/** Serves the API from this process until the test file ends; returns its URL. */
export function serveApi(): Promise<string> {
  return serve(createApiListener());
}

/** The same with what stands before the API: requests have an address and a user agent. */
export function serveApiWithContext(): Promise<string> {
  return serve(createRequestListener({ api: createApiListener(), pages: () => {}, dev: false }));
}

function serve(listener: RequestListener): Promise<string> {
  const server = createHttpServer();
  server.on("request", listener);
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return listen(server, 0, "127.0.0.1");
}
