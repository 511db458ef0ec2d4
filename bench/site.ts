import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { BenchDatabase } from "./database";

/** The product, run like `npm start`. */
export type Site = {
  url: string;
  startedInMs: number;
  residentBytes: () => Promise<number>;
  stop: () => Promise<void>;
};

export async function startSite({ env: databaseEnv }: BenchDatabase): Promise<Site> {
  const begun = performance.now();
  const ours = { NODE_ENV: "production" as const, PORT: "0", HOST: "localhost", SHUTDOWN_GRACE_SECONDS: "0" };
  const env = { ...process.env, ...databaseEnv, ...ours };
  const child = spawn(process.execPath, ["dist/server.js"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const stop = async () => {
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    await exit;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^veHaaS is ready at (\S+)$/.exec(line)?.[1];
    if (!url) continue;
    child.stdout.resume();
    return { url, startedInMs: performance.now() - begun, residentBytes: () => residentBytes(child.pid), stop };
  }
  throw new Error("the server ended before it was ready: has it been built (npm run build)?");
}

/** Read from /proc; NaN on systems without it. */
async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}
