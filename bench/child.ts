import { createServer, type RequestListener } from "node:http";
import { listen } from "@/lib/start/process";

/** Serves on a free port and tells the parent its address; then, whenever asked, the CPU time that it has used. */
export async function serveChild(listener: RequestListener): Promise<void> {
  process.on("disconnect", () => process.exit());
  process.on("message", () => process.send?.(process.cpuUsage()));
  process.send?.(await listen(createServer(listener), 0, "127.0.0.1"));
}
