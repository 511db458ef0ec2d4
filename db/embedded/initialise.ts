import { randomBytes } from "node:crypto";
import { chown, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Binaries, program } from "./binaries";
import { EmbeddedPostgresError, hasCode, makeDraft, removeDraft, renameSafely, writeFileSafely } from "./files";
import type { Home } from "./home";
import { run } from "./run";

/** A database server: its files, its programs and its password. */
export type Cluster = { home: Home; binaries: Binaries; password: string; settings: Record<string, string> };

/** The superuser's password: generated once, readable only by the account that runs the app. */
export async function readOrMakePassword(file: string, initialised: boolean): Promise<string> {
  try {
    const kept = (await readFile(file, "utf8")).trim();
    if (kept) return kept;
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
  if (initialised) {
    throw new EmbeddedPostgresError(
      `The database's password is gone from ${file}, and its data can't be opened without: restore the file from a backup.`,
    );
  }
  const password = randomBytes(24).toString("base64url");
  await writeFileSafely(file, `${password}\n`, 0o600);
  return password;
}

/** Creates the data folder, which gets its name only once it is complete. */
export async function initialise(cluster: Cluster): Promise<void> {
  const draft = await makeDraft(cluster.home.path);
  const passwordFile = join(draft, "password");
  await writeFile(passwordFile, `${cluster.password}\n`, { flag: "wx", mode: 0o600 });
  const { account } = cluster.home;
  if (account) for (const path of [passwordFile, draft]) await chown(path, account.uid, account.gid);
  try {
    await runInitdb(cluster, draft, passwordFile);
    await renameSafely(join(draft, "data"), cluster.home.data);
  } finally {
    await rm(passwordFile, { force: true });
    await removeDraft(draft);
  }
}

/** PostgreSQL can't open data of another major version. */
export async function checkVersion({ home, binaries }: Cluster): Promise<void> {
  const made = Number((await readFile(join(home.data, "PG_VERSION"), "utf8")).trim());
  if (made === binaries.major) return;
  throw new EmbeddedPostgresError(
    `The data in ${home.data} was made by PostgreSQL ${made}, and this is PostgreSQL ${binaries.major}, which can't open it. ` +
      `To keep it, run PostgreSQL ${made} on it and set DATABASE_URL, or dump it there with pg_dumpall and restore it here. ` +
      "To begin with an empty database, move that folder away.",
  );
}

async function runInitdb({ home, binaries, settings }: Cluster, draft: string, passwordFile: string) {
  const common = ["-D", join(draft, "data"), "--username=postgres", `--pwfile=${passwordFile}`, "--encoding=UTF8"];
  common.push("--auth=scram-sha-256", ...(settings.fsync === "off" ? ["--no-sync"] : []));
  let output = "";
  for (const locale of localesOf(binaries.major)) {
    const outcome = await run(program(binaries, "initdb"), [...common, ...locale], {
      account: home.account,
      cwd: draft,
    });
    if (outcome.ok) return;
    output = outcome.output;
    if (!output.includes("invalid locale name")) break;
  }
  throw new EmbeddedPostgresError(`PostgreSQL could not make its data folder in ${home.path}:\n${output}`);
}

// Makes text compare and fold alike on every machine. Before version 17 that depends on the system's locales.
function localesOf(major: number): string[][] {
  if (major >= 17) return [["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]];
  return [["--locale=C.UTF-8"], ["--no-locale"]];
}
