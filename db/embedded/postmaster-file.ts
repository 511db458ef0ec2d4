import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "./error";

/** What a server writes about itself into its data folder (PostgreSQL's miscadmin.h: LOCK_FILE_LINE_…). */
export type PostmasterFile = { pid: number; port: number; ready: boolean };

export function postmasterFilePath(data: string): string {
  return join(data, "postmaster.pid");
}

export async function readPostmasterFile(data: string): Promise<PostmasterFile | undefined> {
  try {
    const lines = (await readFile(postmasterFilePath(data), "utf8")).split("\n");
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === "ready" };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
