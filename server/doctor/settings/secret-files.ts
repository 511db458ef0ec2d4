import { lstatSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { envFile } from "@/server/start/complete-environment";
import { secretSettings } from "@/server/start/secret-files";
import { type Finding, right, warning, wrong } from "../finding";
import type { Inspection } from "../inspection";

/** Where container engines mount secrets. Modes of files there say nothing of who may read them outside. */
const ofContainerEngine = "/run/secrets/";

/** The files that hold secrets: `.env`, those that `<name>_FILE` names, and that of the embedded database. */
export function secretFiles({ env, fileProblems, settings }: Inspection, mounted = ofContainerEngine): Finding[] {
  const unreadable = fileProblems.map((problem) => wrong("files of secrets", problem));
  const files = [
    envFile,
    ...secretSettings.flatMap((name) => env[`${name}_FILE`]?.trim() || []),
    ...(settings.DATABASE_URL ? [] : [join(settings.DATA_DIR, "secrets.json")]),
  ].filter(exists);
  const open = files
    .filter((file) => !file.startsWith(mounted) && isOpenToAll(file))
    .map((file) => {
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

/** Whether others may read the file, and pass through all folders above it. */
function isOpenToAll(file: string): boolean {
  // Windows has no such bits.
  if (process.platform === "win32" || !permitsOthers(file, 0o004)) return false;
  return foldersAbove(realpathSync(file)).every((folder) => permitsOthers(folder, 0o001));
}

function permitsOthers(path: string, bits: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & bits) === bits;
}

function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersAbove(folder)];
}
