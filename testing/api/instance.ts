import { createApiListener } from "@/api/http/listener";
import { startTimer } from "@/server/background/timer";
import { createHttpServer } from "@/server/http/http-server";
import { listen } from "@/server/start/process";

// A process that serves the API with DATABASE_URL until its parent exits, and writes what the API notes in memory.
process.on("disconnect", () => process.exit());
startTimer([]);
const server = createHttpServer();
server.on("request", createApiListener());
process.send?.(await listen(server, 0, "127.0.0.1"));
