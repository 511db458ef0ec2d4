import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect, onTestFinished, test, vi } from "vitest";
import { migrate } from "@/db/migrate";
import { excludeOlderInstances } from "@/db/older-instances";
import { pendingMigrations } from "@/db/pending-migrations";
import { schemaVersion } from "@/db/schema-version";
import { SessionClient } from "@/db/session/session";
import { makeLogin, query } from "@/testing/database/logins";
import { databaseBefore, numberOf } from "@/testing/upgrades/older-database";
import { migrateDatabase } from "./open-database";

vi.setConfig({ testTimeout: 120_000 });

async function connectAs(url: string, name: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url, application_name: name });
  await client.connect();
  return () => client.end();
}

/** The newest migration that older instances don't survive. */
const last = await numberOf("notifications");

test("a start that would disturb older instances refuses while they are connected, changes nothing, and goes on without", async () => {
  const url = await databaseBefore(last);
  const applied = () => query(url, "select count(*)::int as migrations from drizzle.__drizzle_migrations");
  const before = await applied();
  const ofPgBouncer = `vehaas-access-tokens schema=${last - 1} - 10.0.0.1:5`;
  for (const name of ["vehaas-access-tokens", `vehaas-jobs schema=${last - 1}`, ofPgBouncer]) {
    const leave = await connectAs(url, name);
    const refused = {
      name: "SettingsError",
      problems: [
        expect.stringMatching(
          /^DATABASE_URL: .* older version are connected \(one connection from 127\.0\.0\.1\)\. Stop them/,
        ),
      ],
    };
    expect(await Promise.allSettled([migrate(url), migrate(url)])).toMatchObject([
      { reason: refused },
      { reason: refused },
    ]);
    expect(await applied()).toEqual(before);
    await leave();
  }
  for (const name of ["psql", "vehaas-migrate", `vehaas-access-tokens schema=${last}`]) {
    const leave = await connectAs(url, name);
    onTestFinished(leave);
  }
  await Promise.all([1, 2].map(() => migrateDatabase(url, process.env.ENCRYPTION_KEYS)));
  expect(await query(url, "select obj_description('drizzle.__drizzle_migrations'::regclass) as text")).toEqual([
    { text: `oldest schema that may serve: ${last}` },
  ]);
});

test("an older instance that connects while the migrations run is found at their end, and nothing changes", async () => {
  const url = await databaseBefore(last);
  const applied = () => query(url, "select count(*)::int as migrations from drizzle.__drizzle_migrations");
  const before = await applied();
  const afterwards = async () => {
    onTestFinished(await connectAs(url, "vehaas-access-tokens"));
  };
  await expect(migrate(url, { afterwards })).rejects.toMatchObject({
    problems: [expect.stringContaining("older version are connected (one connection")],
  });
  expect(await applied()).toEqual(before);
});

test("the tables' owner sees instances that connect as another login", async () => {
  const url = await databaseBefore(last);
  const owner = await makeLogin(url);
  const leave = await connectAs(url, "vehaas-jobs");
  onTestFinished(leave);
  const client = new Client({ connectionString: owner.url });
  await client.connect();
  onTestFinished(() => client.end());
  const { pending } = pendingMigrations([]);
  await expect(excludeOlderInstances(client, pending, "DATABASE_MIGRATION_URL")).rejects.toMatchObject({
    problems: [expect.stringMatching(/^DATABASE_MIGRATION_URL: .* are connected \(one connection\)\. Stop them/)],
  });
});

test("an older version refuses a database that it can't serve any more, and serves a newer one that it can", async () => {
  const url = await databaseBefore(schemaVersion + 1);
  const newer = "insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 9796065805138)";
  await query(url, newer);
  await migrateDatabase(url, process.env.ENCRYPTION_KEYS);
  await query(url, "comment on table drizzle.__drizzle_migrations is 'oldest schema that may serve: 1000'");
  await expect(migrateDatabase(url, process.env.ENCRYPTION_KEYS)).rejects.toMatchObject({
    name: "SettingsError",
    problems: [
      expect.stringMatching(/can't serve it \(schema 1000, this version has \d+\): start the newer version\.$/),
    ],
  });
});

test("connections of an instance name its schema, whatever name the address has", async () => {
  const url = new URL(process.env.DATABASE_URL ?? "");
  url.searchParams.set("application_name", "production");
  const client = new SessionClient({ connectionString: url.href });
  await client.connect();
  onTestFinished(() => client.end());
  expect((await client.query("show application_name")).rows).toEqual([
    { application_name: `vehaas-access-tokens schema=${schemaVersion}` },
  ]);
  const { pool } = await import("@/db/client");
  const { rows } = await pool.query("show application_name");
  expect(rows).toEqual([{ application_name: `vehaas-access-tokens schema=${schemaVersion}` }]);
});

test("a migration says by a comment that older instances don't survive it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-migrations-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp("db/migrations", folder, { recursive: true });
  const file = join(folder, "meta", "_journal.json");
  const journal = JSON.parse(await readFile(file, "utf8"));
  const number = schemaVersion + 1;
  for (const [index, text] of ["select 1;", "-- needs a stop: it renames a column\nselect 1;"].entries()) {
    const tag = `${number + index}_more`;
    await writeFile(join(folder, `${tag}.sql`), text);
    journal.entries.push({ ...journal.entries[0], idx: number + index, when: 9_000_000_000_000 + index, tag });
  }
  await writeFile(file, JSON.stringify(journal));
  const { pending } = pendingMigrations([8_000_000_000_000], folder);
  expect(pending).toMatchObject([
    { number, needsStop: undefined },
    { number: number + 1, needsStop: "it renames a column" },
  ]);
});
