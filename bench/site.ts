import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { BenchDatabase } from "./database";

/** The product, run like `npm start`. */
export type Site = {
  url: string;
  pid: number | undefined;
  startedInMs: number;
  residentBytes: () => Promise<number>;
  stop: () => Promise<void>;
};

/** Its log is written to a file. */
export async function startSite({ env: databaseEnv }: BenchDatabase): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-bench-log-"));
  const log = join(folder, "log");
  const output = await open(log, "w");
  const begun = performance.now();
  const ours = { NODE_ENV: "production" as const, PORT: "0", HOST: "localhost", SHUTDOWN_GRACE_SECONDS: "0" };
  const env = { ...process.env, ...databaseEnv, ...ours };
  const child = spawn(process.execPath, ["dist/server.js"], { env, stdio: ["ignore", output.fd, "inherit"] });
  await output.close();
  const stop = async () => {
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    await exit;
    await rm(folder, { recursive: true });
  };
  while (child.exitCode === null) {
    const url = /^veHaaS is ready at (\S+)$/m.exec(await readFile(log, "utf8"))?.[1];
    if (url)
      return {
        url,
        pid: child.pid,
        startedInMs: performance.now() - begun,
        residentBytes: () => residentBytes(child.pid),
        stop,
      };
    await setTimeout(10);
  }
  throw new Error("the server ended before it was ready: has it been built (npm run build)?");
}

/** Read from /proc; NaN on systems without it. */
async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}
