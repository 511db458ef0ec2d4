// `npm run seed:tokens -- Powertrain 1000000`: creates many access tokens in a group, to try the pages with them. With
// `rotated` as a third word, each has an old secret too.
import "@/server/start/env-file";
import { seedTokens } from "@/db/seed-many";
import { openSession } from "@/db/session/open-session";
import { readSettings, SettingsError } from "@/lib/env";
import { processWide } from "@/lib/process/process-wide";
import { type OpenDatabase, openDatabase } from "@/server/start/open-database";
import { runCommand } from "@/server/start/problem-lines";

const [groupName = "Powertrain", count = "1000", rotated] = process.argv.slice(2);

await runCommand(async () => {
  const database = await openDatabase(readSettings(process.env));
  try {
    await seed(database);
  } finally {
    await processWide.pool?.end();
    await database.close();
  }
});

async function seed({ owner }: OpenDatabase): Promise<void> {
  if (!owner) throw new SettingsError(["DATABASE_MIGRATION_URL is missing: only the tables' owner can do this."]);
  const client = await openSession(owner);
  try {
    const { rows } = await client.query<{ id: string }>("select id from groups where name = $1", [groupName]);
    if (!rows[0]) {
      throw new SettingsError([`There is no group named ${groupName}: start the server once, which makes the demo's.`]);
    }
    await seedTokens(client, rows[0].id, Number(count), { rotated: rotated === "rotated" });
    process.stdout.write(`${groupName} has ${count} more access tokens.\n`);
  } finally {
    await client.end();
  }
}
