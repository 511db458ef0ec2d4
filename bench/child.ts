import { createServer, type RequestListener } from "node:http";
import type { Pool } from "pg";
import { listen } from "@/server/start/process";

/** Serves on a free port, sends its URL to the parent, and answers each message with its CPU time and queries so far. */
export async function serveChild(listener: RequestListener, pool?: Pool): Promise<void> {
  let queries = 0;
  pool?.on("acquire", () => queries++);
  process.on("disconnect", () => process.exit());
  process.on("message", () => process.send?.({ ...process.cpuUsage(), queries }));
  process.send?.(await listen(createServer(listener), 0, "127.0.0.1"));
}
