import { oldestServingSchema } from "@/db/older-instances";
import { pendingMigrations } from "@/db/pending-migrations";
import { schemaVersion } from "@/db/schema-version";
import { count } from "@/lib/format";
import { type Finding, right, warning, wrong } from "../finding";
import type { InspectedDatabase } from "./inspected-database";

const subject = "database migrations";

/** Whether the tables are those of this version. */
export async function migrations(database: InspectedDatabase): Promise<Finding[]> {
  const { client, isMigrated } = database;
  if (!isMigrated) {
    const refusals = await refusalsOf(database);
    return refusals.length > 0
      ? refusals
      : [right(subject, "our tables are not there yet, the first start makes them")];
  }
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
  const refusals = await refusalsOf(database);
  if (refusals.length > 0) return refusals;
  const stop = pending.find(({ needsStop }) => needsStop !== undefined);
  const how = stop
    ? "Stop all instances before the next start: see docs/high-availability.md"
    : "The next start applies them, while older instances serve";
  return [warning(subject, `not applied yet: ${count(pending.length, "migration")} of this version`, how)];
}

async function refusalsOf({ problemsOfMigrating }: InspectedDatabase): Promise<Finding[]> {
  return (await problemsOfMigrating()).map((problem) => wrong(subject, `the next start can't migrate: ${problem}`));
}
