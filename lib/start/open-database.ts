import { join } from "node:path";
import { startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import type { Address } from "@/db/open-session";
import type { Settings } from "@/lib/env";
import { log } from "@/lib/log";
import { setEnvironment } from "./environment";
import { localSecrets } from "./local-secrets";
import { migrateDatabase } from "./migrate-database";
import { loginAt, migratesAsAnother, weakGuards } from "./service-login";

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
