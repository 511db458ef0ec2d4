import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { SessionClient } from "@/db/session/session";
import { tableNames } from "@/db/table-names";
import { createToken } from "@/testing/access-tokens";
import { emptyDatabase, query } from "@/testing/database/logins";
import { createTenant } from "@/testing/tenant";
import { migrate } from "../migrate";
import { contentsOf } from "./contents";
import { copyTables } from "./copy-tables";

vi.setConfig({ testTimeout: 60_000 });

async function session(url: string): Promise<SessionClient> {
  const client = await new SessionClient({ connectionString: url }).connect();
  onTestFinished(() => client.end());
  return client;
}

async function migrated(): Promise<string> {
  const url = await emptyDatabase();
  await migrate(url);
  return url;
}

async function contents(url: string) {
  const client = await session(url);
  const found: [string, unknown][] = [];
  for (const table of tableNames) found.push([table, await contentsOf(client, table)]);
  return Object.fromEntries(found);
}

const sourceUrl = () => process.env.DATABASE_URL ?? "";
const nothing = Object.fromEntries(tableNames.map((table) => [table, { rows: 0, checksum: "0" }]));

async function copyTo(url: string, onTable: (table: string) => void = () => {}) {
  const sessions = [await session(sourceUrl()), await session(url)] as const;
  try {
    return await copyTables(...sessions, { onTable });
  } finally {
    await Promise.all(sessions.map((client) => client.end()));
  }
}

/** What guards the tables, by which a table that is not guarded any more differs. */
const guards = (url: string) =>
  query(
    url,
    `select tgrelid::regclass::text as on, tgname as name, tgenabled::text as what from pg_trigger where not tgisinternal
     union all
     select conrelid::regclass::text, conname, pg_get_constraintdef(oid) || convalidated from pg_constraint
     order by 1, 2`,
  );

beforeAll(async () => {
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope);
  await query(
    sourceUrl(),
    `update access_tokens set description = E'\\\\N \\\\. "quoted", a tab\\t, 𝕌', expires_at = '9999-12-31 23:59:59.999Z',
       last_used_from = '[{"network": "\\\\u2028\\\\n", "client": null, "lastUsedAt": "x"}]';
     update access_tokens set next_notice_at = null;
     insert into leases values ('a', 1, E'line\\nbreak\\r', now()), ('b', -1, '', '-infinity');
     insert into audit_chain select organization_id, 1, id, sha256('') from audit_events limit 1;
     insert into environments (access_token_id, organization_id, sealed_values)
       select id, organization_id, (select string_agg(set_byte('\\x00', 0, n % 256), '') from generate_series(0, 300000) n)
       from access_tokens where id = '${token.id}'`,
  );
});

test("values arrive as they are: line breaks, bytes, JSON, generated columns, and what triggers would fill in", async () => {
  const url = await migrated();
  const before = await guards(url);
  const copied: string[] = [];
  const compared = await copyTo(url, (table) => copied.push(table));
  expect(copied).toEqual(tableNames);
  expect(compared).toContainEqual({ table: "environments", rows: 1 });
  const found = await contents(url);
  expect(found).toEqual(await contents(sourceUrl()));
  expect(found).toMatchObject({ audit_chain: { rows: 1 }, leases: { rows: 2 } });
  const values = "select to_jsonb(t) as token from access_tokens t";
  expect(await query(url, values)).toEqual(await query(sourceUrl(), values));
  expect(await query(url, values)).toEqual([
    {
      token: expect.objectContaining({ next_notice_at: null, owner_id: expect.stringMatching(/^grp_/) }),
    },
  ]);
  expect(await guards(url)).toEqual(before);

  // Such as after a connection that was lost during the commit.
  expect(await copyTo(url, () => expect.unreachable())).toEqual(compared);
  await query(url, "update users set name = name || ' ' where kind = 'person'");
  await expect(copyTo(url)).rejects.toMatchObject({ problems: [expect.stringMatching(/its table \w+ has rows/)] });
});

test("a target with rows of its own is left as it is", async () => {
  const url = await migrated();
  await query(url, "insert into organizations (id, name) values ('org_own', 'Own')");
  await expect(copyTo(url)).rejects.toMatchObject({
    problems: [
      "DATABASE_URL names a database that is not empty: its table organizations has rows. Nothing was changed. Make an empty database, and name that.",
    ],
  });
  const organization = { rows: 1, checksum: expect.stringMatching(/^-?\d+$/) };
  expect(await contents(url)).toEqual({ ...nothing, organizations: organization });
});

test("a copy that fails leaves an empty target with its guards, and can be repeated", async () => {
  const url = await migrated();
  const before = await guards(url);
  // The last table of the schema that has rows, apart from leases.
  await query(url, "alter table audit_chain add constraint broken check (position < 1)");
  await expect(copyTo(url)).rejects.toMatchObject({ code: "23514" });
  expect(await contents(url)).toEqual(nothing);
  await query(url, "alter table audit_chain drop constraint broken");
  expect(await guards(url)).toEqual(before);
  await copyTo(url);
  expect(await contents(url)).toEqual(await contents(sourceUrl()));
});

test.each(["source", "target"] as const)(
  "a connection to the %s that is lost while a table is copied ends the move",
  async (lost) => {
    const url = await migrated();
    const holder = await session(sourceUrl());
    await holder.query("begin; lock table audit_events in access exclusive mode");
    const sessions = { source: await session(sourceUrl()), target: await session(url) };
    const copying = copyTables(sessions.source, sessions.target, { onTable: () => {} });
    const ended = expect(copying).rejects.toThrow("Connection terminated unexpectedly");
    await vi.waitFor(async () => {
      const waiting = `select from pg_stat_activity where pid = ${sessions.source.backend?.pid} and wait_event_type = 'Lock'`;
      expect(await query(sourceUrl(), waiting)).toHaveLength(1);
    }, 20_000);
    sessions[lost].connection.stream.destroy();
    await ended;
    await holder.query("rollback");
    await Promise.all(Object.values(sessions).map((client) => client.end()));
    await vi.waitFor(async () => expect(await contents(url)).toEqual(nothing), 20_000);
  },
);

test("two copies into one target: the second finds the rows of the first", async () => {
  const url = await migrated();
  const copied: string[] = [];
  const [one, other] = await Promise.all([0, 1].map(() => copyTo(url, (table) => copied.push(table))));
  expect(one).toEqual(other);
  expect(copied).toEqual(tableNames);
});
