import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { freePort } from "@/db/embedded/pg-ctl";

export type TestServer = {
  url: string;
  /** The lines of its log, and of its standard error. */
  lines: string[];
  says: string[];
  stop: () => Promise<void>;
  signal: (name: NodeJS.Signals) => void;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
};

/** A test's server has no load balancer that would have to see its stop, and no database that comes later. */
const quick = { SHUTDOWN_GRACE_SECONDS: "0", DATABASE_WAIT_SECONDS: "0" };

/** Starts the production server on a free port and waits until it is ready. Keeps its log lines. */
export async function startServer(env: Record<string, string>): Promise<TestServer> {
  const child = spawn(process.execPath, ["dist/server.js"], {
    env: { ...process.env, NODE_ENV: "production", PORT: "0", HOST: "localhost", ...quick, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const says: string[] = [];
  child.stderr.pipe(process.stderr);
  createInterface({ input: child.stderr }).on("line", (line) => says.push(line));
  const ended = once(child, "close").then(([code]) => code);
  const url = await readyAt(child, lines);
  return { url, lines, says, stop: () => stopped(child), signal: (name) => child.kill(name), ended };
}

/** The same with metrics, served at `metrics`. */
export async function startServerWithMetrics(): Promise<TestServer & { metrics: string }> {
  const port = await freePort();
  const server = await startServer({ METRICS_PORT: String(port), METRICS_HOST: "127.0.0.1" });
  return { ...server, metrics: `http://127.0.0.1:${port}/metrics` };
}

async function readyAt(child: ChildProcess, lines: string[]): Promise<string> {
  if (!child.stdout) throw new Error("the server has no standard output");
  const output = createInterface({ input: child.stdout });
  const found = new Promise<string>((resolve) => {
    output.on("line", (line) => {
      lines.push(line);
      const address = /^veHaaS is ready at (\S+)$/.exec(line)?.[1];
      if (address) resolve(address);
    });
  });
  const died = once(child, "exit").then(([code]) => {
    throw new Error(`the server ended with ${code} before it was ready:\n${lines.join("\n")}`);
  });
  return Promise.race([found, died]);
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}

/** Starts the server with wrong settings; returns its exit code and messages. */
export async function failedStart(env: Record<string, string>): Promise<{ code: number | null; says: string[] }> {
  const { DATABASE_URL: _, ...rest } = process.env;
  const child = spawn(process.execPath, ["dist/server.js"], {
    env: { ...rest, NODE_ENV: "production", PORT: "0", ...quick, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const says: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => says.push(line));
  const [code] = await once(child, "close");
  return { code, says };
}
