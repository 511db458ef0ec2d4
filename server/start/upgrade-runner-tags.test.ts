import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { Client } from "pg";
import { expect, inject, onTestFinished, test } from "vitest";
import { z } from "zod";
import { createDatabase, dropDatabase, newDatabaseName } from "@/testing/database/database";

const journal = z.looseObject({ entries: z.array(z.looseObject({ tag: z.string() })) });

/** The migrations before runners' tags could be limited. */
async function oldMigrations(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-migrations-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp("db/migrations", folder, { recursive: true });
  const file = join(folder, "meta", "_journal.json");
  const { entries, ...rest } = journal.parse(JSON.parse(await readFile(file, "utf8")));
  const before = entries.findIndex(({ tag }) => tag.endsWith("_runner_tags"));
  await writeFile(file, JSON.stringify({ ...rest, entries: entries.slice(0, before) }));
  return folder;
}

const accesses = `
  insert into organizations (id, name) values ('org_1', 'One');
  insert into version_control_accesses (id, organization_id, provider_type, provider_url, token_scope, target_id,
    sealed_token, token_suffix, accepts_personal_token, removed_at)
  select 'vca_' || type, 'org_1', type, 'https://' || type || '.com', 'group', 'x', '\\x00', '', false, now()
  from unnest(array['gitlab', 'github']) type`;

test("existing accesses keep running untagged jobs at GitLab, and new ones don't", async () => {
  const name = newDatabaseName();
  onTestFinished(() => dropDatabase(inject("serverUrl"), name));
  const client = new Client({ connectionString: await createDatabase(inject("serverUrl"), name) });
  await client.connect();
  try {
    const db = drizzle({ client });
    await migrate(db, { migrationsFolder: await oldMigrations() });
    await client.query(accesses);
    await migrate(db, { migrationsFolder: "db/migrations" });
    await client.query(accesses.replaceAll("'vca_'", "'vca_new_'").replace("('org_1', 'One')", "('org_2', 'Two')"));
    const { rows } = await client.query(
      "select id, allowed_tags, run_untagged from version_control_accesses order by id",
    );
    expect(rows).toEqual([
      { id: "vca_github", allowed_tags: [], run_untagged: false },
      { id: "vca_gitlab", allowed_tags: [], run_untagged: true },
      { id: "vca_new_github", allowed_tags: [], run_untagged: false },
      { id: "vca_new_gitlab", allowed_tags: [], run_untagged: false },
    ]);
  } finally {
    await client.end();
  }
});
