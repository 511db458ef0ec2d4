import { Client } from "pg";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { migrate } from "@/db/migrate";
import { pendingMigrations } from "@/db/pending-migrations";
import { queueVersion } from "@/server/doctor/database/job-queue";
import { breakingChanges } from "@/testing/upgrades/breaking-changes";
import { numberOf } from "@/testing/upgrades/older-database";
import { databaseOf, failingStatements, released, releasedStatements } from "@/testing/upgrades/release";
import { readShape } from "@/testing/upgrades/schema-shape";

vi.setConfig({ testTimeout: 180_000 });

const role = inject("applicationRole");

async function connectedTo(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** This version's migrations after that of the release. */
async function migrationsSince(tag: string) {
  const number = await numberOf(tag);
  return pendingMigrations([]).pending.filter((migration) => migration.number > number);
}

test("instances of the released version survive this version's migrations, or one of these says that they don't", async () => {
  const { url, shape } = await databaseOf(released.migration, role);
  const client = await connectedTo(url);
  expect(await failingStatements(client, role, releasedStatements)).toEqual([]);
  await migrate(url);
  if ((await migrationsSince(released.migration)).some(({ needsStop }) => needsStop)) return;
  const changes = await breakingChanges(client, shape, await readShape(client, role));
  expect(changes.filter((change) => !(change in released.accepted))).toEqual([]);
  expect(Object.keys(released.accepted).filter((change) => !changes.includes(change))).toEqual([]);
  expect(await failingStatements(client, role, releasedStatements)).toEqual([]);
  expect(queueVersion()).toBe(released.jobQueue);
});

test("the release has statements for each of its tables", async () => {
  const { shape } = await databaseOf(released.migration, role);
  const tables = new Set(shape.columns.map(({ table }) => table));
  const without = [...tables].filter((table) => !releasedStatements.some((text) => text.includes(table)));
  expect(without).toEqual([]);
});

test.each([
  ["alter table webhooks drop column paused_at", ["webhooks.paused_at is gone"]],
  ["alter table webhooks rename column paused_at to paused", ["webhooks.paused_at is gone"]],
  ["drop table calendars", [expect.stringMatching(/^calendars\.\w+ is gone$/)]],
  [
    "alter table webhooks alter failing_since type date",
    ["webhooks.failing_since is date, and was timestamp(3) with time zone"],
  ],
  ["alter table webhooks alter url drop not null", ["webhooks.url may be null now"]],
  ["alter table webhooks alter paused_at set not null", ["webhooks.paused_at must not be null now"]],
  ["alter table webhooks alter created_at drop default", ["webhooks.created_at has no default now"]],
  ["alter table webhooks add kind text not null", ["webhooks.kind is new, and has no default"]],
  ["alter table webhooks add check (char_length(url) < 100)", ["webhooks: new check webhooks_url_check"]],
  ["alter table webhooks add kind text check (kind is not null)", ["webhooks: new check webhooks_kind_check"]],
  ["create unique index one_url on webhooks (url)", ["webhooks: new unique index one_url"]],
  [
    "alter table webhooks add foreign key (url) references organizations",
    ["webhooks: new foreign key webhooks_url_fkey"],
  ],
  [`revoke update on webhooks from ${role}`, ["the right update on webhooks is gone"]],
])("%s is found to break older instances", async (statement, expected) => {
  const { url, shape } = await databaseOf(released.migration, role);
  const client = await connectedTo(url);
  await client.query(statement);
  const found = await breakingChanges(client, shape, await readShape(client, role));
  expect(found).toEqual(expect.arrayContaining(expected));
  if (expected.length === 1 && typeof expected[0] === "string") expect(found).toEqual(expected);
});

test.each([
  "alter table webhooks add kind text",
  "alter table webhooks add kind text not null default 'x' check (kind in ('x', 'y'))",
  "create table more (id text primary key, webhook_id text not null references webhooks on delete cascade)",
  "alter table webhooks add kind text unique",
  "alter table webhooks add parent text references webhooks",
  "create index on webhooks (url)",
  "alter table webhook_deliveries drop constraint webhook_deliveries_state, add constraint webhook_deliveries_state check (state in ('more', 'failed', 'delivered', 'pending'))",
])("%s is found to break nothing", async (statement) => {
  const { url, shape } = await databaseOf(released.migration, role);
  const client = await connectedTo(url);
  await client.query(statement);
  expect(await breakingChanges(client, shape, await readShape(client, role))).toEqual([]);
});

test("a statement of the released version that can't be planned, or may not be run, is found", async () => {
  const { url } = await databaseOf(released.migration, role);
  const client = await connectedTo(url);
  const statements = ["select url from webhooks where id = $1", "update audit_events set actor_name = $1"];
  expect(await failingStatements(client, role, statements)).toEqual([
    expect.stringMatching(/^permission denied for table audit_events/),
  ]);
  await client.query("alter table webhooks rename url to address");
  expect(await failingStatements(client, role, statements.slice(0, 1))).toEqual([
    expect.stringMatching(/^column "url" does not exist/),
  ]);
});
