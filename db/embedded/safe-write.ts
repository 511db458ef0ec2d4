import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes the file whole or not at all, and for good: a crash leaves the old one or the new one. */
export async function writeFileSafely(path: string, content: string, mode: number): Promise<void> {
  const draft = `${path}.draft`;
  const file = await open(draft, "w", mode);
  try {
    await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await renameSafely(draft, path);
}

/** Renames so that the new name outlives a power failure. */
export async function renameSafely(from: string, to: string): Promise<void> {
  await rename(from, to);
  if (process.platform === "win32") return;
  const folder = await open(dirname(to));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
