import { createApiListener } from "@/api/listener";
import { pool } from "@/db/client";
import { createRequestListener } from "@/lib/web/request-listener";
import { serveChild } from "./child";

// What server.ts serves, without Next, which never sees these requests.
const pages = (_request: unknown, response: { end: () => void }) => response.end();
await serveChild(createRequestListener({ api: createApiListener(), pages, dev: false }), pool);
