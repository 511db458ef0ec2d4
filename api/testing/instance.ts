import { createHttpServer } from "@/lib/start/http-server";
import { listen } from "@/lib/start/process";
import { createApiListener } from "../listener";

// A process that serves the API on DATABASE_URL for as long as its parent lives.
process.on("disconnect", () => process.exit());
const server = createHttpServer();
server.on("request", createApiListener());
process.send?.(await listen(server, 0, "127.0.0.1"));
