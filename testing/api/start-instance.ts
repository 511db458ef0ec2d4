import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

/** Serves the API from another process, with its own pool, until the test file ends; returns its URL. */
export async function startInstance(databaseUrl = process.env.DATABASE_URL): Promise<string> {
  const child = fork(fileURLToPath(new URL("./instance.ts", import.meta.url)), {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
  afterAll(() => child.disconnect());
  return new Promise((resolve, reject) => {
    child.once("message", (address) => resolve(String(address)));
    child.once("exit", (code) => reject(new Error(`the instance ended with ${code}`)));
  });
}
