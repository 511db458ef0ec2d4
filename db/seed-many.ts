import { randomUUID } from "node:crypto";
import type { ClientBase } from "pg";

type SeedOptions = {
  /** Of the first tokens, which are active. The other secrets are unknown. */
  hashes?: readonly Buffer[];
  /** The same seed gives the same ids, names and times since now. Random without it. */
  seed?: string;
  /** Gives each token an old secret, too, which ends in ten days. */
  rotated?: boolean;
};

/**
 * Gives a group `count` access tokens of the past year: most active, some revoked, some expired, some near their end.
 * Needs a superuser, to skip foreign key checks: a million tokens take about a minute.
 */
export async function seedTokens(
  client: ClientBase,
  groupId: string,
  count: number,
  { hashes = [], rotated = false, seed = randomUUID() }: SeedOptions = {},
): Promise<void> {
  await client.query("begin");
  try {
    await client.query("set local session_replication_role = replica");
    await client.query(drafts, [groupId, count, hashes, seed]);
    for (const statement of [...inserts, ...(rotated ? [oldSecrets] : [])]) await client.query(statement);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
  await client.query("vacuum (analyze) users, memberships, access_tokens, access_token_secrets");
}

const drafts = `
  create temp table seeded on commit drop as
  select
    lpad(to_hex(i), 10, '0') || left(md5($4::text || i), 16) as suffix,
    groups.organization_id, groups.id as group_id, admin.user_id as created_by_id,
    (array['nightly', 'ci-runner', 'deploy', 'smoke-test', 'firmware'])[1 + i % 5] || '-' || i as name,
    coalesce(($3::bytea[])[i], sha256(($4::text || ' secret ' || i)::bytea)) as secret_hash,
    now() - interval '1 year' * ($2 - i + 1) / ($2 + 1) as created_at,
    i > cardinality($3::bytea[]) and i % 20 = 0 as is_expired,
    i > cardinality($3::bytea[]) and i % 17 = 0 as is_revoked,
    i > cardinality($3::bytea[]) and i % 100 = 7 as ends_soon,
    i % 3 <> 0 as is_used
  from generate_series(1, $2::int) i, groups, lateral (
    select user_id from memberships
    where organization_id = groups.organization_id and kind = 'person'
    order by group_id is not distinct from groups.id and role = 'group_admin' desc limit 1
  ) admin
  where groups.id = $1`;

const inserts = [
  `insert into users (id, kind, organization_id, name, created_at)
   select 'usr_' || suffix, 'technical', organization_id, name || '-' || right(suffix, 8), created_at from seeded`,
  `insert into memberships (id, organization_id, group_id, user_id, kind, role, created_at)
   select 'mem_' || suffix, organization_id, group_id, 'usr_' || suffix, 'technical',
     case when right(suffix, 1) < '4' then 'group_admin' else 'group_user' end, created_at from seeded`,
  `insert into access_tokens (id, organization_id, group_id, technical_user_id, name, name_key, is_admin, search_key,
     token_suffix, created_by_id, created_at, expires_at, last_used_at, revoked_at)
   select 'tok_' || suffix, organization_id, group_id, 'usr_' || suffix, name, name,
     right(suffix, 1) < '4',
     name || E'\n' || name || '-' || right(suffix, 8), right(suffix, 4), created_by_id, created_at,
     case when is_expired then created_at + (now() - created_at) / 2
       when ends_soon then now() + interval '7 days' - (now() - created_at) / 100
       else created_at + interval '18 months' end,
     case when is_used then created_at + (now() - created_at) / 3 end,
     case when is_revoked then created_at + (now() - created_at) / 3 end from seeded`,
  `insert into access_token_secrets (hash, organization_id, access_token_id, suffix, created_by_id, created_at,
     last_used_at)
   select secret_hash, organization_id, 'tok_' || suffix, right(suffix, 4), created_by_id, created_at,
     case when is_used then created_at + (now() - created_at) / 3 end from seeded`,
];

const oldSecrets = `
  insert into access_token_secrets (hash, organization_id, access_token_id, suffix, created_by_id, created_at, ends_at,
    ends_by)
  select sha256(secret_hash), organization_id, 'tok_' || suffix, left(md5(suffix), 4), created_by_id, created_at,
    now() + interval '10 days', 'date' from seeded`;

/**
 * Gives a group `count` audit events of the past year, oldest first, by ten actors on ten tokens. One in ten is a
 * revocation, and a hundred are deletions. Needs a superuser too. The events are in no chain.
 */
export async function seedAuditEvents(client: ClientBase, groupId: string, count: number): Promise<void> {
  await client.query("begin");
  try {
    await client.query("set local session_replication_role = replica");
    await client.query(events, [groupId, count]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
  await client.query("vacuum (analyze) audit_events");
}

const events = `
  insert into audit_events (id, organization_id, group_id, occurred_at, actor_id, actor_kind, actor_name, access_token_id,
    action, subject_id, subject_name, detail, channel, address)
  select 'aud_' || lpad(to_hex(i), 26, '0'), groups.organization_id, groups.id,
    now() - interval '1 year' * ($2 - i + 1) / ($2 + 1),
    'usr_seed_' || i % 10, 'technical', 'nightly-' || i % 10, 'tok_seed_' || i % 10,
    case when i % greatest($2 / 100, 1) = 0 then 'access_token.deleted' when i % 10 = 1 then 'access_token.revoked'
      else 'session_context.read' end,
    'tok_seed_' || i % 10, 'nightly ' || i % 10, '{"role": "group_user", "note": "seeded"}', 'api', '192.0.2.7'
  from generate_series(1, $2::int) i, groups where groups.id = $1`;
