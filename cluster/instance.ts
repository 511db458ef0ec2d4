import { resolve } from "node:path";
import { type Program, signalAll, startProgram, statusOf, until } from "./engines/processes";

/** The built product on a port of its own. */
export type Instance = {
  name: string;
  url: string;
  isRunning: () => boolean;
  start: () => Promise<void>;
  /** SIGTERM stops it as an operator does, SIGINT without the grace. */
  stop: (signal: "SIGTERM" | "SIGINT") => Promise<void>;
};

const longestStop = 45_000;

export function makeInstance(name: string, port: number, folder: string, env: Record<string, string>): Instance {
  const url = `http://127.0.0.1:${port}`;
  let running: Program | undefined;
  return {
    name,
    url,
    isRunning: () => running?.isRunning() ?? false,
    start: async () => {
      const command = [process.execPath, resolve("dist/server.js")];
      running = startProgram(name, command, {
        folder,
        cwd: process.cwd(),
        env: { ...env, PORT: String(port), HOST: "127.0.0.1" },
      });
      await until(`${name} is ready`, async () => (await statusOf(`${url}/health/ready`)) === 200);
    },
    stop: async (signal) => {
      if (!running?.isRunning()) return;
      const { pid, ended } = running;
      signalAll([pid], signal);
      const timer = setTimeout(() => signalAll([pid], "SIGKILL"), longestStop);
      const code = await ended;
      clearTimeout(timer);
      if (code !== 0) throw new Error(`${name} ended with ${code ?? "SIGKILL"}`);
    },
  };
}

/** Runs an operator's command of the build to its end, and returns its exit code. Its output is in `<log>.log`. */
export function runCommand(log: string, name: string, args: string[], folder: string, env: Record<string, string>) {
  const command = [process.execPath, resolve(`dist/scripts/${name}.js`), ...args];
  return startProgram(log, command, { folder, cwd: process.cwd(), env }).ended;
}
