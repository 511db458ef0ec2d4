import { Client } from "pg";
import { expect, onTestFinished, test, vi } from "vitest";
import { migrate } from "@/db/migrate";
import { readSettings } from "@/lib/env";
import { processWide } from "@/lib/process/process-wide";
import { databaseBefore, numberOf } from "@/testing/upgrades/older-database";
import { migrateDatabase, openDatabase } from "./open-database";

async function query(url: string, text: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** 1400 events: in an organization, one of its groups and a deleted one, and one in another organization. */
const events = `
  insert into organizations (id, name) values ('org_1', 'One'), ('org_2', 'Two'), ('org_3', 'Three');
  insert into groups (id, organization_id, name, name_key) values ('grp_1', 'org_1', 'Group', 'group');
  insert into audit_events (id, organization_id, group_id, occurred_at, actor_id, actor_kind, actor_name, access_token_id,
    action, subject_id, subject_name, detail, channel, address)
  select 'aud_' || lpad(i::text, 26, '0'), case i when 7 then 'org_2' else 'org_1' end,
    case when i = 7 or i % 3 = 0 then null when i % 3 = 1 then 'grp_1' else 'grp_gone' end,
    now() - interval '1 year' + i * interval '1 minute', 'usr_' || i, case i % 2 when 0 then 'technical' else 'person' end,
    'Ada', case i % 2 when 0 then 'tok_1' end, 'member.added', 'usr_2', 'Bob', '{"to": "group_user", "from": null}',
    case i % 2 when 0 then 'api' else 'page' end, case i % 2 when 0 then '192.0.2.1' end
  from generate_series(1, 1400) i`;

/** A database with this content, from before the audit log had chains, or before the named migration. */
async function oldDatabase(before = "organizations", content = events): Promise<string> {
  const url = await databaseBefore(await numberOf(before));
  await query(url, content);
  return url;
}

const everyEvent = "select to_jsonb(e) - 'owner_id' as event from audit_events e order by id";

test("events from before the chain keep their content and begin it", async () => {
  const url = await oldDatabase();
  const before = await query(url, everyEvent);
  vi.stubEnv("DATABASE_URL", url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const settings = readSettings(process.env);
  await (await openDatabase(settings)).close();
  const { sealPendingEvents } = await import("@/lib/audit/chain/seal");
  const { verifyAuditLog } = await import("@/lib/audit/chain/verify");
  onTestFinished(async () => {
    await processWide.pool?.end();
    processWide.pool = undefined;
  });
  const findings: string[] = [];
  const verify = () => verifyAuditLog([], (id, finding) => findings.push(`${id}, ${finding}`));

  expect(await verify()).toMatchObject([{ waiting: 1399 }, { waiting: 1 }, { waiting: 0 }]);
  expect(findings.splice(0)).toEqual([
    expect.stringMatching(/^org_1, 1399 events still wait to be sealed, written at .* and later: /),
    expect.stringMatching(/^org_2, 1 event still waits to be sealed, written at /),
  ]);
  expect(await sealPendingEvents()).toBe(1400);
  const sealed = [{ entries: 1399 }, { entries: 1 }, { entries: 0 }];
  expect(await verify()).toMatchObject(sealed);
  await (await openDatabase(settings)).close();
  expect(await sealPendingEvents()).toBe(0);
  expect(await verify()).toMatchObject(sealed);
  expect(findings).toEqual([]);
  expect(await query(url, everyEvent)).toEqual(before);
  expect(
    await query(url, "select event_id from audit_chain where organization_id = 'org_1' order by position"),
  ).toEqual(before.flatMap(({ event }) => (event.organization_id === "org_1" ? { event_id: event.id } : [])));
});

test("an upgrade that fails before all events have proofs, or lacks a key, changes nothing", async () => {
  const url = await oldDatabase();
  const interrupted = migrate(url, { afterwards: () => Promise.reject(new Error("interrupted")) });
  await expect(interrupted).rejects.toThrow("interrupted");
  await query(
    url,
    `insert into data_keys (id, organization_id, wrapped, master_key_id)
     values ('key_1', 'org_1', decode(repeat('00', 61), 'hex'), 'lost')`,
  );
  await expect(migrateDatabase(url, process.env.ENCRYPTION_KEYS)).rejects.toThrow(
    'ENCRYPTION_KEYS lacks the key "lost"',
  );
  expect(await query(url, "select to_regclass('audit_chain') as made")).toEqual([{ made: null }]);
  await query(url, "delete from data_keys");
  await migrateDatabase(url, process.env.ENCRYPTION_KEYS);
  expect(await query(url, "select count(*)::int as waiting from unsealed_audit_events")).toEqual([{ waiting: 1400 }]);
});

test("sessions survive the upgrade that adds their sign-in method", async () => {
  const content = `
    insert into users (id, kind, name, email, password_hash) values
      ('usr_1', 'person', 'Ada', 'ada@example.com', 'a hash'), ('usr_2', 'person', 'Bob', 'bob@example.com', null);
    insert into sessions (token_hash, user_id, created_at, expires_at) values
      ('\\x01', 'usr_1', now() - interval '5 hours', now() + interval '1 hour'),
      ('\\x02', 'usr_2', now() - interval '1 minute', now() + interval '119 minutes')`;
  const url = await oldDatabase("sign_in_sessions", content);
  await migrateDatabase(url, process.env.ENCRYPTION_KEYS);
  const described = await query(
    url,
    `select user_id, method, id ~ '^ses_[0-9a-f]{32}$' as has_id, browser, network,
      round(extract(epoch from now() - last_seen_at) / 60)::int as minutes from sessions order by user_id`,
  );
  const unknown = { has_id: true, browser: null, network: null };
  expect(described).toEqual([
    { user_id: "usr_1", method: "password", minutes: 60, ...unknown },
    { user_id: "usr_2", method: "identity_provider", minutes: 1, ...unknown },
  ]);
});

test("environment variables get the organization of their token", async () => {
  const content = `
    insert into organizations (id, name) values ('org_1', 'One'), ('org_2', 'Two');
    insert into users (id, kind, name, email, organization_id) values
      ('usr_1', 'person', 'Ada', 'ada@example.com', null), ('usr_2', 'technical', 'nightly', null, 'org_2');
    insert into access_tokens (id, organization_id, technical_user_id, name, name_key, secret_hash, token_suffix,
      created_by_id, expires_at)
    values ('tok_1', 'org_2', 'usr_2', 'nightly', 'nightly', sha256('secret'), 'x9Qz', 'usr_1', now() + interval '1 day');
    insert into environment_variables (access_token_id, name, size, revision, updated_by_id) values
      ('tok_1', 'A', 1, 'rev_1', 'usr_1'), ('tok_1', 'B', 1, 'rev_2', 'usr_1')`;
  const url = await oldDatabase("revision", content);
  await migrateDatabase(url, process.env.ENCRYPTION_KEYS);
  expect(await query(url, "select name, organization_id from environment_variables order by name")).toEqual([
    { name: "A", organization_id: "org_2" },
    { name: "B", organization_id: "org_2" },
  ]);
  expect(await query(url, "select revision from access_tokens")).toEqual([{ revision: 1 }]);
});

test("each access token keeps its secret", async () => {
  const content = `
    insert into organizations (id, name) values ('org_1', 'One');
    insert into users (id, kind, name, email, organization_id) values
      ('usr_1', 'person', 'Ada', 'ada@example.com', null), ('usr_2', 'technical', 'nightly', null, 'org_1'),
      ('usr_3', 'technical', 'weekly', null, 'org_1');
    insert into access_tokens (id, organization_id, technical_user_id, name, name_key, search_key, secret_hash,
      token_suffix, created_by_id, created_at, expires_at, last_used_at)
    values
      ('tok_1', 'org_1', 'usr_2', 'nightly', 'nightly', 'nightly', sha256('secret 1'), 'x9Qz', 'usr_1',
        '2026-01-01Z', '2099-01-01Z', '2026-02-01Z'),
      ('tok_2', 'org_1', 'usr_3', 'weekly', 'weekly', 'weekly', sha256('secret 2'), 'k2Lm', 'usr_1',
        '2026-01-02Z', '2099-01-01Z', null)`;
  const url = await oldDatabase("access_token_secrets", content);
  await migrateDatabase(url, process.env.ENCRYPTION_KEYS);
  const secrets = await query(
    url,
    `select access_token_id, hash = sha256(('secret ' || right(access_token_id, 1))::bytea) as fits, suffix,
      organization_id, created_by_id, created_at::text, last_used_at::text, replaces, first_used_at, ends_at, is_retired
    from access_token_secrets order by access_token_id`,
  );
  const alike = {
    fits: true,
    organization_id: "org_1",
    created_by_id: "usr_1",
    replaces: null,
    first_used_at: null,
    ends_at: null,
    is_retired: false,
  };
  expect(secrets).toEqual([
    {
      access_token_id: "tok_1",
      suffix: "x9Qz",
      created_at: "2026-01-01 00:00:00+00",
      last_used_at: "2026-02-01 00:00:00+00",
      ...alike,
    },
    { access_token_id: "tok_2", suffix: "k2Lm", created_at: "2026-01-02 00:00:00+00", last_used_at: null, ...alike },
  ]);
});

test("counts of uses get the organization of their token", async () => {
  const content = `
    insert into organizations (id, name) values ('org_1', 'One'), ('org_2', 'Two');
    insert into users (id, kind, name, email, organization_id) values
      ('usr_1', 'person', 'Ada', 'ada@example.com', null), ('usr_2', 'technical', 'nightly', null, 'org_2');
    insert into access_tokens (id, organization_id, technical_user_id, name, name_key, search_key,
      token_suffix, created_by_id, expires_at)
    values ('tok_1', 'org_2', 'usr_2', 'nightly', 'nightly', 'nightly', 'x9Qz', 'usr_1',
      now() + interval '1 day');
    insert into access_token_uses (access_token_id, day, uses) values ('tok_1', '2026-11-29', 3), ('tok_1', '2026-11-30', 4)`;
  const url = await oldDatabase("uses_organization", content);
  await migrateDatabase(url, process.env.ENCRYPTION_KEYS);
  expect(await query(url, "select organization_id, uses::int from access_token_uses order by day")).toEqual([
    { organization_id: "org_2", uses: 3 },
    { organization_id: "org_2", uses: 4 },
  ]);
});

test("idempotency keys keep only secrets that are still there", async () => {
  const content = `
    insert into organizations (id, name) values ('org_1', 'One');
    insert into users (id, kind, name, email, organization_id) values
      ('usr_1', 'person', 'Ada', 'ada@example.com', null), ('usr_2', 'technical', 'nightly', null, 'org_1');
    insert into access_tokens (id, organization_id, technical_user_id, name, name_key, search_key, is_admin,
      token_suffix, created_by_id, expires_at)
    values ('tok_1', 'org_1', 'usr_2', 'nightly', 'nightly', 'nightly', false, 'x9Qz', 'usr_1', now() + interval '1 day');
    insert into access_token_secrets (hash, organization_id, access_token_id, suffix, created_by_id)
    values (sha256('secret'), 'org_1', 'tok_1', 'x9Qz', 'usr_1');
    insert into idempotency_keys (organization_id, user_id, key, fingerprint, access_token_id, secret_hash) values
      ('org_1', 'usr_1', 'creation', sha256('1'), 'tok_1', null),
      ('org_1', 'usr_1', 'deleted', sha256('2'), 'tok_2', sha256('other')),
      ('org_1', 'usr_1', 'rotation', sha256('3'), 'tok_1', sha256('secret'))`;
  const url = await oldDatabase("idempotency_key_secret", content);
  await migrateDatabase(url, process.env.ENCRYPTION_KEYS);
  const keys = "select key, secret_hash = sha256('secret') as fits from idempotency_keys order by key";
  expect(await query(url, keys)).toEqual([
    { key: "creation", fits: null },
    { key: "deleted", fits: null },
    { key: "rotation", fits: true },
  ]);
});
