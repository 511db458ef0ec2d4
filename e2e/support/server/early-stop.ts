import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect } from "playwright/test";
import { catches } from "@/testing/image/signals";

const program = "dist/deploy/serve.js";

/** What the image's first process loads before its own first line. */
export function loadedFirst(): string[] {
  return readFileSync(program, "utf8").match(/^import\b(?!\().*$/gm) ?? [];
}

/** Starts the image's first process, sends SIGTERM as soon as it has a handler, and returns its exit code and output. */
export async function stoppedEarly(): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, NODE_ENV: "production", PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const closed = once(child, "close");
  // Node itself catches SIGTERM from its first moment, but not SIGHUP.
  const isListening = () => catches(readFileSync(`/proc/${child.pid}/status`, "utf8"), "SIGHUP");
  await expect.poll(isListening, { timeout: 60_000, intervals: [10] }).toBe(true);
  child.kill("SIGTERM");
  const [code] = await closed;
  return { code, output };
}
