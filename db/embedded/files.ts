import { mkdtemp, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What the person who starts the app can do something about; its message is all they need to see. */
export class EmbeddedPostgresError extends Error {
  override name = "EmbeddedPostgresError";
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.some((code) => code === error.code);
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}

const prefix = "draft-";

/** A new folder, open to ourselves alone, for what gets its real name only once it is complete. */
export function makeDraft(folder: string): Promise<string> {
  return mkdtemp(join(folder, prefix));
}

/** Removes what starts that were killed have left. */
export async function removeDrafts(folder: string): Promise<void> {
  const names = await readdir(folder);
  await Promise.all(names.filter((name) => name.startsWith(prefix)).map((name) => removeDraft(join(folder, name))));
}

// A killed start may have left an initdb that still writes there for a moment: try again then.
export function removeDraft(draft: string): Promise<void> {
  return rm(draft, { recursive: true, force: true, maxRetries: 5 });
}

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
