import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

/** Serves the API from another process, with its own pool, until the test file ends; returns its URL. */
export async function startInstance(databaseUrl = process.env.DATABASE_URL): Promise<string> {
  return (await startInstanceProcess({ DATABASE_URL: databaseUrl })).url;
}

/** The same with this environment; also returns the process. */
export function startInstanceProcess(
  env: Record<string, string | undefined>,
): Promise<{ url: string; child: ChildProcess }> {
  const child = fork(fileURLToPath(new URL("./instance.ts", import.meta.url)), {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, ...env },
  });
  afterAll(() => {
    if (child.connected) child.disconnect();
  });
  return new Promise((resolve, reject) => {
    child.once("message", (address) => resolve({ url: String(address), child }));
    child.once("exit", (code) => reject(new Error(`the instance ended with ${code}`)));
  });
}
