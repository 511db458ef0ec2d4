import { lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import { envFile } from "@/server/start/complete-environment";
import { secretSettings } from "@/server/start/secret-files";
import { type Finding, right, warning, wrong } from "../finding";
import type { Inspection } from "../inspection";

/** The files that hold secrets: `.env`, those that `<name>_FILE` names, and that of the embedded database. */
export function secretFiles({ env, fileProblems, settings }: Inspection): Finding[] {
  const unreadable = fileProblems.map((problem) => wrong("files of secrets", problem));
  const files = [
    envFile,
    ...secretSettings.flatMap((name) => env[`${name}_FILE`]?.trim() || []),
    ...(settings.DATABASE_URL ? [] : [join(settings.DATA_DIR, "secrets.json")]),
  ].filter(exists);
  const open = files.filter(isOpenToAll).map((file) => {
    return warning("files of secrets", `every user of this machine may read ${file}`, `chmod o-rwx ${file}`);
  });
  if (unreadable.length + open.length > 0) return [...unreadable, ...open];
  return [
    right("files of secrets", files.length === 0 ? "there are none" : "only their owner and group may read them"),
  ];
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

function isOpenToAll(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  // Windows has no such bits.
  return process.platform !== "win32" && found !== undefined && (found.mode & 0o004) !== 0;
}
