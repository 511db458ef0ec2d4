// The minimum cost of a Next page: twenty fixed rows, no session, no database. Built by `next build bench/next-floor`.
import { createServer } from "node:http";
import next from "next";
import { listen } from "@/server/start/process";

const server = createServer();
const app = next({ dev: false, dir: "bench/next-floor", httpServer: server });
await app.prepare();
server.on("request", app.getRequestHandler());
process.on("disconnect", () => process.exit());
process.send?.(await listen(server, 0, "127.0.0.1"));
