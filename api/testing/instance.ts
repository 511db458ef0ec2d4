import { createServer } from "node:http";
import { listen } from "@/lib/start/process";
import { createApiListener } from "../listener";

// A process that serves the API on DATABASE_URL for as long as its parent lives.
process.on("disconnect", () => process.exit());
process.send?.(await listen(createServer(createApiListener()), 0, "127.0.0.1"));
