import { Client } from "pg";
import { expect, onTestFinished, test, vi } from "vitest";
import { readSettings } from "@/lib/env";
import { hostileSettings, setForDatabase, setForRole } from "@/testing/database/hostile-settings";
import { emptyDatabase, environmentWith, makeLogin, ownedDatabase, query } from "@/testing/database/logins";

vi.setConfig({ testTimeout: 60_000 });

async function start(url: string): Promise<void> {
  const environment = await environmentWith({ DATABASE_URL: url, DATABASE_MIGRATION_URL: "" });
  const { openDatabase } = await import("./open-database");
  const database = await openDatabase(readSettings(environment));
  const { startBackground } = await import("@/server/background/background");
  await (await startBackground(database))();
}

/** The start's message, which must be one line, or "ready". */
async function saidOf(url: string): Promise<string> {
  try {
    await start(url);
    return "ready";
  } catch (error) {
    const { problemLines } = await import("./problem-lines");
    const lines = problemLines(error)?.split("\n") ?? [];
    if (lines.length !== 1) throw error;
    return lines.join();
  }
}

const nameOf = (url: string) => new URL(url).pathname.slice(1);

async function takeRights({ name, superuser }: { name: string; superuser: string }): Promise<void> {
  await query(superuser, `alter database ${nameOf(superuser)} owner to current_user`);
  await query(superuser, `revoke create on schema public from public, ${name}`);
}

test("an up-to-date database needs no right to create anything", async () => {
  const owner = await ownedDatabase();
  expect(await saidOf(owner.url)).toBe("ready");
  await takeRights(owner);
  expect(await saidOf(owner.url)).toBe("ready");
});

test("the error for a missing right is one line that names it", async () => {
  const owner = await ownedDatabase();
  await takeRights(owner);
  const who = `DATABASE_URL's user "${owner.name}" lacks the right CREATE on`;
  const database = `"${nameOf(owner.url)}"`;
  expect(await saidOf(owner.url)).toBe(`${who} the database ${database}, where the tables have to be made.`);
  await query(owner.superuser, `grant create on database ${nameOf(owner.url)} to ${owner.name}`);
  expect(await saidOf(owner.url)).toBe(`${who} the schema "public" of ${database}, where tables have to be made.`);
  await query(owner.superuser, `grant create on schema public to ${owner.name}`);
  expect(await saidOf(owner.url)).toBe("ready");

  const stranger = await makeLogin(owner.url);
  expect(await saidOf(stranger.url)).toMatch(
    /^DATABASE_URL's user lacks a right: permission denied for schema drizzle/,
  );
  await query(
    owner.superuser,
    "delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)",
  );
  await query(owner.superuser, `grant usage on schema drizzle to ${stranger.name}`);
  await query(owner.superuser, `grant select on drizzle.__drizzle_migrations to ${stranger.name}`);
  expect(await saidOf(stranger.url)).toMatch(/^DATABASE_URL's user does not own the tables, .* DATABASE_MIGRATION_URL/);
});

test("the error for an unusable database is one line that names the setting and not the password", async () => {
  const url = await emptyDatabase();
  const name = nameOf(url);
  const readOnly = await setForDatabase(await emptyDatabase(), { default_transaction_read_only: "on" });
  await query(url, `create database ${name}_ascii template template0 encoding 'SQL_ASCII' locale 'C'`);
  onTestFinished(async () => {
    await query(url, `drop database ${name}_ascii with (force)`);
  });
  const schemaless = await emptyDatabase();
  await query(schemaless, "drop schema public cascade");
  const differing = (parts: object) => Object.assign(new URL(url), parts).href;
  const cases: [string, RegExp][] = [
    [readOnly, /the database "\w+", which is read only \(default_transaction_read_only\)/],
    [differing({ pathname: `/${name}_ascii` }), /whose encoding is SQL_ASCII/],
    [schemaless, /database "\w+" has no schema "public"/],
    [differing({ password: "hidden-word" }), /password authentication failed for user "postgres" \(28P01\)/],
    [differing({ pathname: "/nowhere" }), /database "nowhere" does not exist \(3D000\)/],
    [differing({ port: "1" }), /ECONNREFUSED/],
    [differing({ hostname: "nowhere.invalid" }), /nowhere\.invalid/],
    ["postgres://user:hidden-word@/x?host=/nowhere", /ENOENT \/nowhere/],
    [`${url}?options=-c%20nonsense%3D1`, /nonsense/],
  ];
  for (const [address, said] of cases) {
    const line = await saidOf(address);
    expect(line).toMatch(/^DATABASE_URL/);
    expect(line).toMatch(said);
    expect(line).not.toContain("hidden-word");
  }
});

test("a raw % in the password is accepted", async () => {
  const owner = await ownedDatabase();
  await query(owner.superuser, `alter role ${owner.name} password '100%'`);
  expect(await saidOf(owner.url.replace("secret", "100%"))).toBe("ready");
});

test("spaces around the address are removed, for the pool too", async () => {
  const owner = await ownedDatabase();
  expect(await saidOf(` ${owner.url}\n`)).toBe("ready");
});

test.each(["role", "database"])("a start and the commands after it work with any settings of the %s", async (what) => {
  const url = await emptyDatabase();
  await query(url, "create schema app; create table app.organizations (nothing int)");
  await start(what === "role" ? await setForRole(url, hostileSettings) : await setForDatabase(url, hostileSettings));

  const { createTenant } = await import("@/testing/tenant");
  const { createToken } = await import("@/testing/access-tokens");
  const { authenticateAccessToken } = await import("@/lib/access-tokens/authenticate");
  const { revokeAccessToken } = await import("@/lib/access-tokens/change");
  const { listAccessTokens } = await import("@/lib/access-token-list/queries");
  const { sealPendingEvents } = await import("@/lib/audit/chain/seal");
  const { findingsIn } = await import("@/testing/audit-chain");
  const { group, organization } = await createTenant();
  const token = await createToken(group.admin, group.scope, { name: "nightly" });
  const found = await authenticateAccessToken(token.secret);
  expect(found?.token.expiresAt).toEqual(token.expiresAt);
  await expect(createToken(group.admin, group.scope, { name: "nightly" })).rejects.toMatchObject({
    code: "name_taken",
  });
  const { items } = await listAccessTokens(group.admin, group.scope, { search: "ightl" });
  expect(items).toMatchObject([{ id: token.id, createdAt: token.createdAt }]);
  await revokeAccessToken(group.admin, token.id);
  expect(await authenticateAccessToken(token.secret)).toBeUndefined();
  expect(await sealPendingEvents()).toBeGreaterThan(1);
  expect(await findingsIn(organization.id)).toEqual([]);
  const { pool } = await import("@/db/client");
  await expect(pool.query("delete from audit_events")).rejects.toThrow(/permission denied|append-only/);
});

test("other tables in the schema are left alone", async () => {
  const owner = await ownedDatabase();
  await query(owner.superuser, "create table inventory (nothing int)");
  expect(await saidOf(owner.url)).toBe("ready");
});

test("pg_trgm may be installed in its own schema", async () => {
  const owner = await ownedDatabase();
  await query(owner.superuser, "create schema extensions; create extension pg_trgm schema extensions");
  await query(owner.superuser, "grant usage on schema extensions to public");
  expect(await saidOf(owner.url)).toBe("ready");
});

test("a role that may only connect can't block a start on an up-to-date database", async () => {
  const owner = await ownedDatabase();
  expect(await saidOf(owner.url)).toBe("ready");
  const stranger = new Client({ connectionString: (await makeLogin(owner.url)).url });
  await stranger.connect();
  try {
    const queues = ["create-queue", "", "jobfailJobsByTimeout"].map(
      (key) =>
        `pg_advisory_lock(('x' || encode(sha224((current_database() || '.pgboss.pgboss${key}')::bytea), 'hex'))::bit(64)::bigint)`,
    );
    await stranger.query(`select pg_advisory_lock(7316401), ${queues.join(", ")}`);
    await expect(stranger.query("begin; lock table drizzle.__drizzle_migrations")).rejects.toThrow("permission denied");
    expect(await saidOf(owner.url)).toBe("ready");
  } finally {
    await stranger.end();
  }
});
