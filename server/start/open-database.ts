import { join } from "node:path";
import { startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import type { EmbeddedPostgresError } from "@/db/embedded/files";
import { type AfterMigrations, type Migrated, type MigrateOptions, migrate } from "@/db/migrate";
import type { Address } from "@/db/session/open-session";
import { proveOldEvents } from "@/lib/audit/chain/prove";
import { requireKeysInUse } from "@/lib/crypto/keys-in-use";
import type { Settings } from "@/lib/env";
import { log } from "@/lib/log";
import { localSecrets } from "./local-secrets";
import { loginAt, migratesAsAnother, weakGuards } from "./service-login";

/**
 * Migrates the database and returns the role or login with the application's rights. If the keys are not those of the
 * database, throws a SettingsError and changes nothing. The environment must contain the keys.
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

/** `owner` is the tables' owner's address, if known; `grantee` the login with the application's rights, if another. */
export type OpenDatabase = {
  isEmbedded: boolean;
  owner: Address | undefined;
  grantee: string | undefined;
  close: () => Promise<void>;
};

/**
 * Opens a migrated database: the operator's, or the embedded one. If the embedded one ends by itself, it is started
 * again; `onLoss` is called if that fails. Adds what it found to the environment, which Next's
 * bundle reads too. Nothing may import db/client before this.
 */
export async function openDatabase(
  given: Settings,
  onLoss?: (problem: EmbeddedPostgresError) => void,
): Promise<OpenDatabase> {
  if (given.DATABASE_URL) {
    return { isEmbedded: false, ...(await openGiven(given.DATABASE_URL, given)), close: async () => {} };
  }
  const secrets = await localSecrets(given.DATA_DIR);
  const server = await startEmbeddedPostgres({
    folder: join(given.DATA_DIR, "postgres"),
    onRestart: () => log.warn("the embedded PostgreSQL had ended, and was started again"),
    onLoss,
  });
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

/** Connects as the service's login first, as the pool does, so that its errors come before any change. */
async function openGiven(url: string, given: Settings): Promise<Pick<OpenDatabase, "owner" | "grantee">> {
  const login = await loginAt({ url, setting: "DATABASE_URL" });
  const { DATABASE_MIGRATION_URL: migrationUrl, ENCRYPTION_KEYS: keys } = given;
  const owner: Address = migrationUrl
    ? { url: migrationUrl, setting: "DATABASE_MIGRATION_URL" }
    : { url, setting: "DATABASE_URL" };
  const service = migrationUrl && (await migratesAsAnother(login, owner)) ? login.user : undefined;
  const { name, missing, isOwner } = await migrateDatabase(owner.url, keys, { setting: owner.setting, service });
  const role = name === login.user ? undefined : name;
  // The address as validated: the pool must not see surrounding spaces or line breaks.
  setEnvironment({ DATABASE_URL: url, DATABASE_ROLE: role });
  if (missing) log.warn(`triggers alone guard the audit log: ${missing}`);
  for (const sentence of await weakGuards(role)) log.warn(sentence);
  return { owner: isOwner ? owner : undefined, grantee: name };
}

/** Sets defined values and deletes undefined ones, since process.env would store the text "undefined". */
function setEnvironment(values: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
