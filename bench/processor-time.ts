import { readFile } from "node:fs/promises";

/** Nanoseconds of processor time of a process's main thread so far. From /proc: NaN on systems without it. */
export async function processorTime(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid}/schedstat`, "utf8").catch(() => "NaN");
  return Number(text.split(" ", 1)[0]);
}
