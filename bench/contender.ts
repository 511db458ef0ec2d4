import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { build } from "esbuild";
import { z } from "zod";

/** A server in a process of its own. */
export type Contender = { name: string; url: string; cpuMicroseconds: () => Promise<number>; stop: () => void };

const usage = z.object({ user: z.number(), system: z.number() });

/** Runs bench/<name>.ts, bundled as `npm run build` bundles the server. */
export async function startContender(name: string, env: Record<string, string> = {}): Promise<Contender> {
  const outfile = `dist/bench/${name}.js`;
  await build({
    entryPoints: [`bench/${name}.ts`],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    packages: "external",
    logLevel: "warning",
  });
  const child = fork(outfile, {
    env: { ...process.env, ...env, NODE_ENV: "production" },
    // Log lines are written, and thrown away.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return {
    name,
    url: z.url().parse(await answerOf(child)),
    cpuMicroseconds: async () => {
      child.send("cpu");
      const { user, system } = usage.parse(await answerOf(child));
      return user + system;
    },
    stop: () => child.disconnect(),
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const answered = new AbortController();
  const { signal } = answered;
  try {
    const [message] = await Promise.race([
      once(child, "message", { signal }),
      once(child, "exit", { signal }).then(() => Promise.reject(new Error("a server of the benchmark has ended"))),
    ]);
    return message;
  } finally {
    answered.abort();
  }
}
