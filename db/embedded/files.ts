import { mkdtemp, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** An error that the person who starts the app can fix; the message suffices for that. */
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

/** A new private folder, for files that get their real name once they are complete. */
export function makeDraft(folder: string): Promise<string> {
  return mkdtemp(join(folder, prefix));
}

/** Removes the drafts of killed starts. */
export async function removeDrafts(folder: string): Promise<void> {
  const names = await readdir(folder);
  await Promise.all(names.filter((name) => name.startsWith(prefix)).map((name) => removeDraft(join(folder, name))));
}

// The initdb of a killed start may still write there for a moment, hence the retries.
export function removeDraft(draft: string): Promise<void> {
  return rm(draft, { recursive: true, force: true, maxRetries: 5 });
}

/** Writes the file atomically and durably: after a crash it has the old or the new content. */
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

/** Renames durably: the new name survives a power failure. */
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
