import { createApiListener } from "@/api/http/listener";
import { pool } from "@/db/client";
import { createRequestListener } from "@/server/http/request-listener";
import { serveChild } from "./child";

// What server.ts serves, without Next, which never sees these requests.
const pages = (_request: unknown, response: { end: () => void }) => response.end();
await serveChild(createRequestListener({ api: createApiListener(), pages, dev: false }), pool);
