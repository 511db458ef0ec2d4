import { oldestServingSchema } from "@/db/older-instances";
import { pendingMigrations } from "@/db/pending-migrations";
import { schemaVersion } from "@/db/schema-version";
import { count } from "@/lib/format";
import { type Finding, right, warning, wrong } from "../finding";
import type { InspectedDatabase } from "./inspected-database";

const subject = "database migrations";

/** Whether the tables are those of this version. */
export async function migrations({ client, isMigrated }: InspectedDatabase): Promise<Finding[]> {
  if (!isMigrated) return [right(subject, "the database is empty, the first start makes the tables")];
  const { rows } = await client.query<{ time: string }>(
    "select created_at as time from drizzle.__drizzle_migrations order by created_at",
  );
  const { pending, newer } = pendingMigrations(rows.map(({ time }) => Number(time)));
  const oldest = await oldestServingSchema(client);
  if (oldest > schemaVersion) {
    const says = `a newer version has changed the database so that this one can't serve it (schema ${oldest})`;
    return [wrong(subject, says, "Start the newer version")];
  }
  if (newer > 0) {
    return [
      warning(subject, `the database has ${count(newer, "migration")} of a newer version`, "Start the newer version"),
    ];
  }
  if (pending.length === 0) return [right(subject, `all are applied, up to ${schemaVersion}`)];
  const stop = pending.find(({ needsStop }) => needsStop !== undefined);
  const how = stop
    ? "Stop all instances before the next start: see docs/high-availability.md"
    : "The next start applies them, while older instances serve";
  return [warning(subject, `not applied yet: ${count(pending.length, "migration")} of this version`, how)];
}
