import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "./error";

// Relative to the home: in the data folder, since the account that runs the server writes it.
export const logFile = "data/server.log";

const limit = 10 * 1024 * 1024;

/** Begins a new log where the last one has grown large. */
export async function beginLog(home: string): Promise<void> {
  if ((await readLog(home)).length > limit) await rm(join(home, logFile), { force: true });
}

export async function readLog(home: string): Promise<string> {
  try {
    return await readFile(join(home, logFile), "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return "";
    throw error;
  }
}
