import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { Client } from "pg";
import { expect, test } from "vitest";
import { databaseBefore, numberOf } from "@/testing/upgrades/older-database";

const accesses = `
  insert into organizations (id, name) values ('org_1', 'One');
  insert into version_control_accesses (id, organization_id, provider_type, provider_url, token_scope, target_id,
    sealed_token, token_suffix, accepts_personal_token, removed_at)
  select 'vca_' || type, 'org_1', type, 'https://' || type || '.com', 'group', 'x', '\\x00', '', false, now()
  from unnest(array['gitlab', 'github']) type`;

test("existing accesses keep running untagged jobs at GitLab, and new ones don't", async () => {
  const client = new Client({ connectionString: await databaseBefore(await numberOf("_runner_tags")) });
  await client.connect();
  try {
    await client.query(accesses);
    await migrate(drizzle({ client }), { migrationsFolder: "db/migrations" });
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
