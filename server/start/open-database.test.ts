import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import { migrate } from "@/db/migrate";
import { processWide } from "@/lib/process/process-wide";
import { createDatabase, dropDatabase, newDatabaseName } from "@/testing/database/database";

async function emptyDatabase(): Promise<string> {
  const name = newDatabaseName();
  onTestFinished(() => dropDatabase(inject("serverUrl"), name));
  return createDatabase(inject("serverUrl"), name);
}

async function query(url: string, text: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test("four concurrent starts on an empty database migrate it once", async () => {
  const url = await emptyDatabase();
  const grantees = await Promise.all([migrate(url), migrate(url), migrate(url), migrate(url)]);
  expect(new Set(grantees.map(({ name }) => name))).toEqual(new Set([inject("applicationRole")]));
  const migrations = await query(url, "select hash from drizzle.__drizzle_migrations");
  expect(migrations.length).toBe(new Set(migrations.map(({ hash }) => hash)).size);
  expect(await query(url, "select 1 from access_tokens")).toEqual([]);
});

test("a user who may not create roles still gets a migrated database, guarded only by triggers", async () => {
  const url = await emptyDatabase();
  const name = newDatabaseName();
  await query(
    url,
    `create role ${name} login password 'plain'; grant create on database ${new URL(url).pathname.slice(1)} to ${name}; grant create on schema public to ${name}`,
  );
  onTestFinished(async () => {
    await query(url, `drop owned by ${name}; drop role ${name}`);
  });
  const plain = new URL(url);
  Object.assign(plain, { username: name, password: "plain" });
  // Other databases on the server have created the role already.
  expect((await migrate(plain.href)).missing).toMatch(`"${name}" may not grant itself the role vehaas_application`);
  await expect(query(plain.href, "delete from audit_events")).rejects.toThrow("append-only");
});

const debian = "/usr/lib/postgresql/15";
const onDebian = test.runIf(existsSync(debian));

onDebian("Debian's PostgreSQL 15 carries a token from its creation to its deletion", { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-pg15-"));
  const server = await startEmbeddedPostgres({ folder, binaries: debian });
  onTestFinished(async () => {
    await processWide.pool?.end();
    processWide.pool = undefined;
    await server.stop();
    await rm(folder, { recursive: true });
  });
  expect((await query(server.url, "show server_version"))[0]?.server_version).toMatch(/^15\./);
  vi.stubEnv("DATABASE_URL", server.url);
  vi.stubEnv("DATABASE_ROLE", (await migrate(server.url)).name);
  const { createTenant } = await import("@/testing/tenant");
  const { createAccessToken, createAccessTokenInput } = await import("@/lib/access-tokens/create");
  const { authenticateAccessToken } = await import("@/lib/access-tokens/authenticate");
  const { deleteAccessToken, revokeAccessToken } = await import("@/lib/access-tokens/change");
  const { listAccessTokens } = await import("@/lib/access-token-list/queries");

  const { group } = await createTenant();
  const expiresAt = new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString();
  const input = createAccessTokenInput.parse({ name: "On fifteen", expiresAt });
  const { token, secret } = await createAccessToken(group.admin, group.scope, input);
  expect((await authenticateAccessToken(secret ?? ""))?.token.id).toBe(token.id);
  await revokeAccessToken(group.admin, token.id);
  expect(await authenticateAccessToken(secret ?? "")).toBeUndefined();
  const { items } = await listAccessTokens(group.admin, group.scope, { search: "FIFTEEN", status: "revoked" });
  expect(items.map(({ id }) => id)).toEqual([token.id]);
  await deleteAccessToken(group.admin, token.id);
  expect((await listAccessTokens(group.admin, group.scope)).items).toEqual([]);
});
