import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";

/** `needsStop` says why older instances can't serve the tables that the migration leaves. */
export type Migration = MigrationMeta & { number: number; needsStop: string | undefined };

/** Migrations up to this one were made before instances survived them (record 0122). */
const lastWithStop = 23;
const mark = /^-- needs a stop: (.+)$/m;

/** This version's migrations that are not applied, and how many applied ones are of a newer version. */
export function pendingMigrations(
  applied: readonly number[],
  migrationsFolder = "db/migrations",
): { pending: Migration[]; newer: number } {
  const ours = readMigrationFiles({ migrationsFolder });
  const [last, newest] = [Math.max(0, ...applied), Math.max(0, ...ours.map(({ folderMillis }) => folderMillis))];
  const pending = ours
    .map((migration, number) => ({ ...migration, number, needsStop: reasonForStop(migration, number) }))
    .filter(({ folderMillis }) => folderMillis > last);
  return { pending, newer: applied.filter((time) => time > newest).length };
}

function reasonForStop({ sql }: MigrationMeta, number: number): string | undefined {
  const reason = mark.exec(sql.join("\n"))?.[1]?.trim();
  return reason ?? (number <= lastWithStop ? "versions before it did not survive migrations" : undefined);
}
