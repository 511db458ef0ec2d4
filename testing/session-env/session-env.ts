import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { buffer, text } from "node:stream/consumers";

export const script = resolve("scripts/session-env.sh");

type Ended = { code: number | null; stdout: Buffer; stderr: string };

/** Runs a command in `cwd` with this environment. From the test's own environment it only gets PATH. */
export async function execute(
  [command, ...args]: string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Promise<Ended> {
  if (!command) throw new Error("there is no command");
  const child = spawn(command, args, {
    cwd,
    env: { NODE_ENV: "test", PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 15_000,
  });
  const ended = once(child, "close");
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), text(child.stderr)]);
  await ended;
  return { code: child.exitCode, stdout, stderr };
}

/** Parses the output of `env -0`. Each character of the strings stands for one byte. */
export function readEnvironment(printed: Buffer): Map<string, string> {
  const entries = printed.toString("latin1").split("\0").slice(0, -1);
  return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]));
}

/** The environment in the form of `readEnvironment`. */
export function bytesOf(environment: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(environment).map(([name, value]) => [name, Buffer.from(value).toString("latin1")]));
}
