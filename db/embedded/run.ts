import { spawn } from "node:child_process";
import type { Account } from "./account";

type Options = { account?: Account; cwd?: string; detached?: boolean };
export type Outcome = { ok: boolean; output: string };

// PostgreSQL's programs get nothing else: no secret of the app may end up in the environment of another account's process.
const passedOn = ["PATH", "LD_LIBRARY_PATH", "SystemRoot", "windir", "TEMP", "TMP"];

// On Windows the server inherits pg_ctl's pipes, which therefore stay open after pg_ctl has ended.
const ended = process.platform === "win32" ? "exit" : "close";

/** Runs a program to its end, as `account` where one is given; a program that can't be started counts as failed. */
export function run(program: string, args: string[], { account, cwd, detached }: Options = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    // macOS gives nobody the uid -2: spawn takes it signed, the file system unsigned.
    const identity = account && { uid: account.uid | 0, gid: account.gid | 0 };
    const env = Object.fromEntries(passedOn.map((name) => [name, process.env[name]]));
    const child = spawn(program, args, {
      ...identity,
      cwd,
      detached,
      env: { ...env, NODE_ENV: process.env.NODE_ENV, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on(ended, (code) => resolve({ ok: code === 0, output: output.trim() }));
  });
}
