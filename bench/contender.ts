import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** A server in a process of its own. */
export type Contender = { name: string; url: string; cpuMicroseconds: () => Promise<number>; stop: () => void };

const usage = z.object({ user: z.number(), system: z.number() });

export async function startContender(name: string, module: string, env: Record<string, string>): Promise<Contender> {
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), {
    execArgv: ["--import", "tsx"],
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
