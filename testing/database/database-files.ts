import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { promisify } from "node:util";
import { asOwner } from "./database-owner";

/** PostgreSQL's data folder, after a checkpoint; undefined if this user can't read it. */
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

/** The files that contain any of the texts. A running server deletes files meanwhile, so read errors are ignored. */
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
