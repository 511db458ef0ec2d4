import { join } from "node:path";
import { startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import { type AfterMigrations, type Migrated, type MigrateOptions, migrate } from "@/db/migrate";
import type { Address } from "@/db/session/open-session";
import { proveOldEvents } from "@/lib/audit/chain/prove";
import { requireKeysInUse } from "@/lib/crypto/keys-in-use";
import type { Settings } from "@/lib/env";
import { log } from "@/lib/log";
import { setEnvironment } from "./environment";
import { localSecrets } from "./local-secrets";
import { loginAt, migratesAsAnother, weakGuards } from "./service-login";

/**
 * Brings the database up to date, and answers who may do what the application does. Changes nothing, and throws a
 * SettingsError, where the keys are not those that the database needs. The environment must have the keys already.
 */
export function migrateDatabase(
  databaseUrl: string,
  encryptionKeys: string | undefined,
  options: MigrateOptions = {},
): Promise<Migrated> {
  const afterwards: AfterMigrations = async (tx, isChainNew) => {
    await requireKeysInUse(tx, encryptionKeys);
    if (isChainNew) await proveOldEvents(tx);
  };
  return migrate(databaseUrl, { ...options, afterwards });
}

/** `owner` is the tables' owner's address, where it is known; `grantee` who does what the application does, if not they. */
export type OpenDatabase = {
  isEmbedded: boolean;
  owner: Address | undefined;
  grantee: string | undefined;
  close: () => Promise<void>;
};

/**
 * Sees to a migrated database: the operator's, or the embedded one. Completes the environment with what was found,
 * so that Next's bundle, which reads it too, finds the same. Nothing may import db/client before this.
 */
export async function openDatabase(given: Settings): Promise<OpenDatabase> {
  if (given.DATABASE_URL) {
    return { isEmbedded: false, ...(await openGiven(given.DATABASE_URL, given)), close: async () => {} };
  }
  const secrets = await localSecrets(given.DATA_DIR);
  const server = await startEmbeddedPostgres({ folder: join(given.DATA_DIR, "postgres") });
  try {
    const keys = given.ENCRYPTION_KEYS ?? secrets.ENCRYPTION_KEYS;
    setEnvironment({ AUTH_SECRET: given.AUTH_SECRET ?? secrets.AUTH_SECRET, ENCRYPTION_KEYS: keys });
    const { name: grantee } = await migrateDatabase(server.url, keys);
    setEnvironment({ DATABASE_URL: server.url, DATABASE_ROLE: grantee });
    const owner: Address = { url: server.url, setting: "DATABASE_URL" };
    return { isEmbedded: true, owner, grantee, close: server.stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** By the service's login first, as the pool connects: what it can't do is said before anything is changed. */
async function openGiven(url: string, given: Settings): Promise<Pick<OpenDatabase, "owner" | "grantee">> {
  const login = await loginAt({ url, setting: "DATABASE_URL" });
  const { DATABASE_MIGRATION_URL: migrationUrl, ENCRYPTION_KEYS: keys } = given;
  const owner: Address = migrationUrl
    ? { url: migrationUrl, setting: "DATABASE_MIGRATION_URL" }
    : { url, setting: "DATABASE_URL" };
  const service = migrationUrl && (await migratesAsAnother(login, owner)) ? login.user : undefined;
  const { name, missing, isOwner } = await migrateDatabase(owner.url, keys, { setting: owner.setting, service });
  const role = name === login.user ? undefined : name;
  // As it was read and tried: the pool must not find a space before it, or a line's end behind.
  setEnvironment({ DATABASE_URL: url, DATABASE_ROLE: role });
  if (missing) log.warn(`triggers alone guard the audit log: ${missing}`);
  for (const sentence of await weakGuards(role)) log.warn(sentence);
  return { owner: isOwner ? owner : undefined, grantee: name };
}
