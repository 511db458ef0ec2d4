import { spawn } from "node:child_process";
import type { Account } from "./account";

type Options = { account?: Account; cwd?: string; detached?: boolean };
export type Outcome = { ok: boolean; output: string };

// PostgreSQL's programs get no other variable: another account's process must not have the app's secrets.
const passedOn = ["PATH", "LD_LIBRARY_PATH", "SystemRoot", "windir", "TEMP", "TMP"];

// On Windows the server inherits pg_ctl's pipes, which stay open after pg_ctl has ended.
const ended = process.platform === "win32" ? "exit" : "close";

/** Runs a program to its end, as `account` if given. A program that can't be started counts as failed. */
export function run(program: string, args: string[], { account, cwd, detached }: Options = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    // On macOS nobody's uid is -2, which spawn needs signed while the file system returns it unsigned.
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
