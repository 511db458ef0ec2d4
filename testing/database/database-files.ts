import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { promisify } from "node:util";
import { asOwner } from "./database-owner";

/** Where PostgreSQL keeps its files, all of them written; undefined where this user can't read them. */
export async function writtenFiles(): Promise<string | undefined> {
  const folder = await asOwner(async (owner) => {
    await owner.query("checkpoint");
    const { rows } = await owner.query("show data_directory");
    return String(rows[0].data_directory);
  });
  return isReadable(folder) ? folder : undefined;
}

function isReadable(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Files come and go beneath a server that runs: what grep can't read any more is no finding. */
export async function filesWith(texts: string[], folder: string): Promise<string[]> {
  const patterns = texts.flatMap((text) => ["-e", text]);
  const search = promisify(execFile)("grep", ["-rlasF", ...patterns, folder], {
    env: { ...process.env, LC_ALL: "C" },
  });
  const output = await search.catch((error) => {
    if (error.code !== 1 && error.code !== 2) throw error;
    return { stdout: String(error.stdout) };
  });
  return output.stdout.split("\n").filter(Boolean);
}
