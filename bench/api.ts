import { createApiListener } from "@/api/http/listener";
import { pool } from "@/db/client";
import { startTimer } from "@/server/background/timer";
import { createRequestListener } from "@/server/http/request-listener";
import { serveChild } from "./child";

// Serves what server.ts serves except Next's pages, which the benchmark doesn't request.
const pages = (_request: unknown, response: { end: () => void }) => response.end();
startTimer([]);
await serveChild(createRequestListener({ api: createApiListener(), pages, dev: false }), pool);
