import { afterAll } from "vitest";
import { createApiListener } from "@/api/http/listener";
import { createHttpServer } from "@/server/http/http-server";
import { listen } from "@/server/start/process";

/** Serves the API from this process until the test file ends; returns its URL. */
export function serveApi(): Promise<string> {
  const server = createHttpServer();
  server.on("request", createApiListener());
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return listen(server, 0, "127.0.0.1");
}
