import { join } from "node:path";
import { startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import type { Settings } from "@/lib/env";
import { log } from "@/lib/log";
import { localSecrets } from "./local-secrets";
import { migrateDatabase } from "./migrate-database";

export type OpenDatabase = { isEmbedded: boolean; close: () => Promise<void> };

/**
 * Sees to a migrated database: the operator's, or the embedded one. Completes the environment with what was found,
 * so that Next's bundle, which reads it too, finds the same. Nothing may import db/client before this.
 */
export async function openDatabase(given: Settings): Promise<OpenDatabase> {
  if (given.DATABASE_URL) {
    const role = await migrateDatabase(given.DATABASE_URL, given.ENCRYPTION_KEYS);
    if (!role) log.warn("DATABASE_URL's user may not create roles: triggers alone guard the audit log");
    setEnvironment({ DATABASE_ROLE: role });
    return { isEmbedded: false, close: async () => {} };
  }
  const secrets = await localSecrets(given.DATA_DIR);
  const server = await startEmbeddedPostgres({ folder: join(given.DATA_DIR, "postgres") });
  try {
    setEnvironment({ AUTH_SECRET: secrets.AUTH_SECRET, ENCRYPTION_KEYS: secrets.ENCRYPTION_KEYS });
    process.env.DATABASE_URL = server.url;
    const role = await migrateDatabase(server.url, given.ENCRYPTION_KEYS ?? secrets.ENCRYPTION_KEYS);
    setEnvironment({ DATABASE_ROLE: role });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { isEmbedded: true, close: server.stop };
}

/** What the operator has set stays. */
function setEnvironment(values: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(values)) if (value) process.env[name] ||= value;
}
