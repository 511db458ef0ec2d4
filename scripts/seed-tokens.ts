// `npm run seed:tokens -- Powertrain 1000000`: many access tokens for a group, to see how the pages bear them.
import { Client } from "pg";
import { seedTokens } from "@/db/seed-many";
import { readSettings } from "@/lib/env";
import { openDatabase } from "@/lib/start/open-database";

const [groupName = "Powertrain", count = "1000"] = process.argv.slice(2);
const database = await openDatabase(readSettings(process.env));
const client = new Client({ connectionString: process.env.DATABASE_URL });
try {
  await client.connect();
  const { rows } = await client.query<{ id: string }>("select id from groups where name = $1", [groupName]);
  if (!rows[0]) throw new Error(`There is no group named ${groupName}: start the server once, which makes the demo's.`);
  await seedTokens(client, rows[0].id, Number(count));
  process.stdout.write(`${groupName} has ${count} more access tokens.\n`);
} finally {
  await client.end();
  await database.close();
}
