import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { build } from "esbuild";
import { z } from "zod";

/** A server in its own process. */
export type Contender = { name: string; url: string; pid: number | undefined; stop: () => void };

type Start = { as?: string; env?: Record<string, string> };

/** Starts the server bench/<name>.ts, bundled like the product by `npm run build`. */
export async function startContender(name: string, { as = name, env = {} }: Start = {}): Promise<Contender> {
  const child = await start(name, env);
  return {
    name: as,
    url: z.url().parse(await answerOf(child)),
    pid: child.pid,
    stop: () => child.disconnect(),
  };
}

/** Runs the task bench/<name>.ts in its own process and returns its result. `instead` replaces modules by files. */
export async function runTask(
  name: string,
  env: Record<string, string>,
  instead: Record<string, string> = {},
): Promise<unknown> {
  const child = await start(name, env, instead);
  const result = await answerOf(child);
  child.disconnect();
  return result;
}

async function start(
  name: string,
  env: Record<string, string>,
  instead: Record<string, string> = {},
): Promise<ChildProcess> {
  const outfile = `dist/bench/${name}.js`;
  await build({
    entryPoints: [`bench/${name}.ts`],
    outfile,
    alias: instead,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    packages: "external",
    logLevel: "warning",
  });
  return fork(outfile, {
    env: { ...process.env, ...env, NODE_ENV: "production" },
    // Log lines are still written, but discarded.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const answered = new AbortController();
  const { signal } = answered;
  try {
    const [message] = await Promise.race([
      once(child, "message", { signal }),
      once(child, "exit", { signal }).then(() => Promise.reject(new Error("a process of the benchmark has ended"))),
    ]);
    return message;
  } finally {
    answered.abort();
  }
}
