import { createApiListener } from "@/api/http/listener";
import { settings } from "@/lib/env";
import { startTimer } from "@/server/background/timer";
import { createHttpServer } from "@/server/http/http-server";
import { prepareStop } from "@/server/http/stop";
import { listen, onStopSignal } from "@/server/start/process";

// A process that serves the API with DATABASE_URL until its parent exits, and writes what the API notes in memory. On
// SIGTERM it stops like the server.
process.on("disconnect", () => process.exit());
const stopTimer = startTimer([]);
const server = createHttpServer();
const stop = prepareStop(server);
onStopSignal({ serving: () => stop({ grace: settings().SHUTDOWN_GRACE_SECONDS * 1000 }), rest: stopTimer });
server.on("request", createApiListener());
process.send?.(await listen(server, 0, "127.0.0.1"));
