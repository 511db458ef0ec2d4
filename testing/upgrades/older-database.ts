import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { Client } from "pg";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { emptyDatabase } from "@/testing/database/logins";

const journal = z.looseObject({ entries: z.array(z.looseObject({ idx: z.number(), tag: z.string() })) });

/** A database with the migrations before this number, until the test ends. Returns its URL. */
export async function databaseBefore(number: number): Promise<string> {
  const url = await emptyDatabase();
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await migrate(drizzle({ client }), { migrationsFolder: await migrationsBefore(number) });
  } finally {
    await client.end();
  }
  return url;
}

async function migrationsBefore(number: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-migrations-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp("db/migrations", folder, { recursive: true });
  const file = join(folder, "meta", "_journal.json");
  const { entries, ...rest } = journal.parse(JSON.parse(await readFile(file, "utf8")));
  await writeFile(file, JSON.stringify({ ...rest, entries: entries.filter(({ idx }) => idx < number) }));
  return folder;
}

/** The number of the migration whose tag ends so. */
export async function numberOf(tag: string): Promise<number> {
  const { entries } = journal.parse(JSON.parse(await readFile("db/migrations/meta/_journal.json", "utf8")));
  const found = entries.find((entry) => entry.tag.endsWith(tag));
  if (!found) throw new Error(`there is no migration ${tag}`);
  return found.idx;
}
