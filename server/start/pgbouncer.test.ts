import { expect, test, vi } from "vitest";
import { readSettings } from "@/lib/env";
import { emptyDatabase, environmentWith } from "@/testing/database/logins";
import { isPgBouncerHere, startPgBouncer } from "@/testing/database/pgbouncer";

vi.setConfig({ testTimeout: 60_000 });

const whereItIs = test.runIf(isPgBouncerHere);

async function openBehind(settings: Record<string, string>) {
  const url = await startPgBouncer(await emptyDatabase(), settings);
  return openWith({ DATABASE_URL: url, DATABASE_MIGRATION_URL: "" });
}

async function openWith(addresses: Record<string, string>) {
  const environment = await environmentWith(addresses);
  const { openDatabase } = await import("./open-database");
  return openDatabase(readSettings(environment));
}

whereItIs("PgBouncer as shipped, which keeps a connection for each client, is as good as none", async () => {
  const database = await openBehind({});
  const { startBackground } = await import("@/server/background/background");
  await (await startBackground(database))();
  const { pool } = await import("@/db/client");
  const asked = "select current_user as role, current_setting('statement_timeout') as longest";
  const rows = await Promise.all(Array.from({ length: 12 }, async () => (await pool.query(asked)).rows[0]));
  expect(new Set(rows.map((row) => JSON.stringify(row)))).toEqual(
    new Set([JSON.stringify({ role: "vehaas_application", longest: "5s" })]),
  );
  const { createTenant } = await import("@/testing/tenant");
  const { createToken } = await import("@/testing/access-tokens");
  const { authenticateAccessToken } = await import("@/lib/access-tokens/authenticate");
  const { group } = await createTenant();
  const tokens = await Promise.all(Array.from({ length: 12 }, () => createToken(group.admin, group.scope)));
  const found = await Promise.all(tokens.map(({ secret }) => authenticateAccessToken(secret)));
  expect(found.map((one) => one?.token.id)).toEqual(tokens.map(({ id }) => id));
});

whereItIs("what a client before us has left on a connection does not meet ours", async () => {
  const url = await startPgBouncer(await emptyDatabase(), { server_reset_query: "", default_pool_size: "2" });
  const { SessionClient } = await import("@/db/session/session");
  for (const _client of ["first", "second", "third"]) {
    const client = new SessionClient({ connectionString: url });
    await client.connect();
    await client.query({ name: "the_same", text: `select '${_client}' as said` });
    await client.query("set timezone = 'Asia/Kolkata'");
    await client.end();
  }
});

whereItIs.each([
  ["transaction", {}],
  ["transaction", { default_pool_size: "1" }],
  ["transaction", { server_round_robin: "1", min_pool_size: "3" }],
  ["statement", {}],
])("PgBouncer in %s mode stops the start in one line: %j", async (mode, settings) => {
  await expect(openBehind({ pool_mode: mode, ...settings })).rejects.toMatchObject({
    name: "SettingsError",
    problems: [expect.stringMatching(/^DATABASE_URL leads to a pooler in transaction mode, .*pool_mode to session\.$/)],
  });
});

whereItIs("transaction mode before the owner's login stops the start as well", async () => {
  const url = await emptyDatabase();
  const DATABASE_MIGRATION_URL = await startPgBouncer(url, { pool_mode: "transaction" });
  await expect(openWith({ DATABASE_URL: url, DATABASE_MIGRATION_URL })).rejects.toMatchObject({
    problems: [expect.stringMatching(/^DATABASE_MIGRATION_URL leads to a pooler in transaction mode/)],
  });
});
