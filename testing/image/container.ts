import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "vitest";
import type { BuiltImage } from "./buildah";
import { catches } from "./signals";

export type Container = {
  /** The lines of its standard output and error. */
  lines: string[];
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
  /** Resolves at the line, and fails if the container ends before. */
  says: (line: string) => Promise<void>;
  signal: (name: "SIGTERM") => void;
  /** Resolves once the process has a handler of its own for the signals that stop it. */
  listens: () => Promise<void>;
  /** Ends it by force if it still runs. */
  end: () => Promise<void>;
};

type Options = {
  /** After the image's entry point, in place of its command. */
  command?: string[] | undefined;
  env?: Record<string, string>;
  /** A folder that is at /run/secrets in the container. */
  secrets: string;
};

/** As container engines do: a read-only root, their hosts file and name servers, and a few devices. */
const prepare = `
mount --bind "$ROOT" "$ROOT"
for file in hosts resolv.conf; do mount --bind "/etc/$file" "$ROOT/etc/$file"; done
mount -t proc proc "$ROOT/proc"
mount -t tmpfs tmpfs "$ROOT/dev"
for device in null zero random urandom; do : >"$ROOT/dev/$device"; mount --bind "/dev/$device" "$ROOT/dev/$device"; done
mount -t tmpfs tmpfs "$ROOT/run"
mkdir "$ROOT/run/secrets"
mount --bind -o ro "$SECRETS" "$ROOT/run/secrets"
mount -o remount,bind,ro "$ROOT"
mount -o remount,ro "$ROOT/run"
mount -o remount,ro "$ROOT/dev"
`;

/** Runs the image's command as process 1 and its user, in the network of this machine. */
export async function runContainer({ root, config }: BuiltImage, options: Options): Promise<Container> {
  for (const folder of ["proc", "dev", "run", "etc"]) await mkdir(join(root, folder), { recursive: true });
  for (const file of ["hosts", "resolv.conf"]) await appendFile(join(root, "etc", file), "");
  const [user = "", group = user] = config.User.split(":");
  const command = [...config.Entrypoint, ...(options.command ?? config.Cmd)];
  const enter = ["--root", root, "--wd", config.WorkingDir, "--setgid", group, "--setuid", user];
  const own = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
  // `env` comes after the preparation, which needs this machine's PATH, and before the change of the root.
  const start = ["env", "-i", ...config.Env, ...own, "/usr/bin/unshare", ...enter, ...command];
  const child = spawn("unshare", ["--mount", "--pid", "--fork", "sh", "-euc", `${prepare}exec "$@"`, "sh", ...start], {
    env: { ...process.env, ROOT: root, SECRETS: options.secrets },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => lines.push(line));
  }
  const ended = once(child, "close").then(([code]) => code);
  /** Process 1 of the container, as this machine numbers it. */
  const first = () => Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim());
  return {
    lines,
    ended,
    says: (line) => {
      const said = expect.poll(() => lines, { timeout: 120_000 }).toContain(line);
      const died = ended.then((code) => {
        throw new Error(`the container ended with ${code}:\n${lines.join("\n")}`);
      });
      return Promise.race([said, died]);
    },
    signal: (name) => process.kill(first(), name),
    end: async () => {
      // Not `unshare`, which would leave it behind: the change of the user takes the link between the two away.
      if (child.exitCode === null) process.kill(first(), "SIGKILL");
      await ended;
    },
    listens: () => {
      // Node itself catches SIGTERM from its first moment, but not SIGHUP.
      const isListening = () => catches(readFileSync(`/proc/${first()}/status`, "utf8"), "SIGHUP");
      return expect.poll(isListening, { timeout: 60_000, interval: 10 }).toBe(true);
    },
  };
}
