import { join } from "node:path";
import { hasEmbeddedPostgres, withoutOtherUsers } from "@/db/embedded/embedded-postgres";
import { markAsMoved } from "@/db/embedded/moved";
import { type CopiedTable, copyTables } from "@/db/move/copy-tables";
import { type Address, asRefusal, openSession } from "@/db/session/open-session";
import { readSettings, SettingsError } from "@/lib/env";
import { processWide } from "@/lib/process/process-wide";
import { localSecrets } from "./local-secrets";
import { migrateDatabase, openDatabase } from "./open-database";
import { loginAt } from "./service-login";

/** `missing` are the settings that the service needs from now on, and whose values are in `file`. */
export type MovedDatabase = { tables: CopiedTable[]; folder: string; file: string; missing: string[] };

type Environment = Record<string, string | undefined>;

/**
 * Moves the embedded database of `DATA_DIR` to the one of `DATABASE_URL`, and keeps the embedded one from being opened
 * again. Completes the environment with the embedded database's secrets. Throws a SettingsError or
 * EmbeddedPostgresError, and moves nothing, if either can't be used, the embedded one is in use, or the other one is not
 * empty.
 */
export async function moveDatabase(env: Environment, onTable: (table: string) => void): Promise<MovedDatabase> {
  const { DATABASE_URL: url, DATABASE_MIGRATION_URL: _owner, ...others } = env;
  if (!url?.trim()) {
    throw new SettingsError(["DATABASE_URL is missing: set it to the address of the PostgreSQL to move to."]);
  }
  const { DATA_DIR } = readSettings(others);
  const folder = join(DATA_DIR, "postgres");
  if (!(await hasEmbeddedPostgres(folder))) throw new SettingsError([`DATA_DIR has no embedded database: ${DATA_DIR}`]);
  const { values, missing } = await completeSecrets(env, DATA_DIR);
  const given = readSettings({ ...env, ...values });
  const tables = await withoutOtherUsers({ folder }, async (embedded) => {
    await migrateDatabase(embedded, given.ENCRYPTION_KEYS);
    Object.assign(process.env, values);
    const { owner } = await openDatabase(given);
    if (!owner) throw notOwner;
    const copied = await copyBetween({ url: embedded, setting: "DATABASE_URL" }, owner, onTable);
    await markAsMoved(folder);
    return copied;
  }).finally(() => processWide.pool?.end());
  return { tables, folder, file: join(DATA_DIR, "secrets.json"), missing };
}

const notOwner = new SettingsError([
  "DATABASE_URL's user does not own the tables: set DATABASE_MIGRATION_URL to their owner's address.",
]);

async function completeSecrets(env: Environment, dataDir: string) {
  const stored = await localSecrets(dataDir);
  const missing = (["AUTH_SECRET", "ENCRYPTION_KEYS"] as const).filter((name) => !env[name]?.trim());
  return { values: Object.fromEntries(missing.map((name) => [name, stored[name]])), missing };
}

async function copyBetween(from: Address, to: Address, onTable: (table: string) => void): Promise<CopiedTable[]> {
  if ((await loginAt(from)).database === (await loginAt(to)).database) {
    throw new SettingsError([`${to.setting} names the embedded database itself.`]);
  }
  const source = await openSession(from);
  try {
    const target = await openSession(to);
    try {
      return await copyTables(source, target, { onTable });
    } catch (error) {
      throw asRefusal(error, to.setting);
    } finally {
      await target.end();
    }
  } finally {
    await source.end();
  }
}
