import { createHash } from "node:crypto";
import { chmod, cp, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { makeDraft } from "./drafts";
import { hasCode } from "./error";
import { exists } from "./exists";

const prefix = "binaries-";

/** Copies the binaries into the home, where every account can read them, unless this version has been copied before. */
export async function copyBinaries(source: string, home: string): Promise<string> {
  const copy = join(home, prefix + (await fingerprint(source)));
  if (await exists(copy)) return copy;
  const draft = await makeDraft(home);
  await cp(source, draft, { recursive: true, verbatimSymlinks: true });
  await completeSymlinks(draft);
  await openToAll(draft);
  await rename(draft, copy);
  return copy;
}

/** Removes the copies of other versions; no server may be running from them. */
export async function removeOtherCopies(home: string, used: string): Promise<void> {
  const copies = (await readdir(home)).filter((name) => name.startsWith(prefix)).map((name) => join(home, name));
  await Promise.all(copies.filter((copy) => copy !== used).map((copy) => rm(copy, { recursive: true, force: true })));
}

/** Makes the symbolic links that npm can't ship; false where they are missing and can't be made here. */
export async function completeSymlinks(folder: string): Promise<boolean> {
  for (const { source, target } of await readSymlinks(folder)) {
    // Both are written relative to the package, whose folder `native` this is.
    const link = join(folder, relative("native", target));
    try {
      await symlink(relative(dirname(target), source), link);
    } catch (error) {
      if (!hasCode(error, "EEXIST")) return false;
    }
  }
  return true;
}

async function readSymlinks(folder: string): Promise<{ source: string; target: string }[]> {
  try {
    return JSON.parse(await readFile(join(folder, "pg-symlinks.json"), "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

// The libraries may change with the package alone.
async function fingerprint(source: string): Promise<string> {
  const hash = createHash("sha256").update(await readFile(join(source, "bin", "postgres")));
  const manifest = join(source, "..", "package.json");
  if (await exists(manifest)) hash.update(await readFile(manifest));
  return hash.digest("hex").slice(0, 16);
}

async function openToAll(folder: string) {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
}
