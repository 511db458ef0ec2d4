import { createServer, type RequestListener } from "node:http";
import { listen } from "@/server/start/process";

/** Serves on a free port until the parent ends, and sends its URL to the parent. */
export async function serveChild(listener: RequestListener): Promise<void> {
  process.on("disconnect", () => process.exit());
  process.send?.(await listen(createServer(listener), 0, "127.0.0.1"));
}
