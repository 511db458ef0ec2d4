import { type AfterMigrations, type Migrated, type MigrateOptions, migrate } from "@/db/migrate";
import { proveOldEvents } from "@/lib/audit/chain-prove";
import { requireKeysInUse } from "@/lib/crypto/keys-in-use";

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
