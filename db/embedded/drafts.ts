import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

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
