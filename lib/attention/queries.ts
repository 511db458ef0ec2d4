import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import type { Person } from "@/lib/auth/actor";

const attentionKinds = ["expiring_token", "credential", "runner", "idle_admin_token", "webhook"] as const;
export type AttentionKind = (typeof attentionKinds)[number];

/** Something to mend. */
export type AttentionItem = {
  /** The access token at which to mend it, or the webhook, named by its host. A deleted token has no page. */
  subject: { id: string; name: string; isDeleted: boolean };
  /** `groupId` is null for an organization's token. */
  owner: { organizationId: string; groupId: string | null; name: string };
  /**
   * When the token or the credential expires, since when the token is not used (its creation if it never was), or since
   * when the webhook is paused.
   */
  at: Date | null;
  neverUsed: boolean;
  providerUrl: string | null;
  /** The provider's refusal, in words. */
  reason: string | null;
  /** Number of runners; otherwise 1. */
  amount: number;
};

/** The most urgent items, and how many others there are. `isMore` tells that there are even more than `others`. */
export type Attention = { kind: AttentionKind; items: AttentionItem[]; others: number; isMore: boolean };

const shown = 20;
/** Of each kind, and of each owner's tokens, no more are read. */
const most = 100;

/**
 * What ends or fails soon in the groups and organizations that the person administers, by kind, without
 * empty kinds. One statement, whatever the number of groups.
 */
export async function listAttention(person: Person): Promise<Attention[]> {
  const { rows } = await db.execute<Row>(sql`
    with owners as materialized (${administeredBy(person)}),
      organizations_of_owners as materialized (select distinct organization_id from owners)
    ${sql.join([expiringTokens, credentials, stuckRunners, idleAdminTokens, pausedWebhooks], sql` union all `)}`);
  const byKind = Map.groupBy(rows, ({ kind }) => kind);
  return attentionKinds.flatMap((kind) => {
    const found = byKind.get(kind);
    if (!found) return [];
    const others = Math.max(0, Math.min(found.length, most) - shown);
    return [{ kind, items: found.slice(0, shown).map(itemOf), others, isMore: found.length > most }];
  });
}

/** `access-tokens:read` of a person as a condition: groups as group admin, organizations as organization admin. */
function administeredBy({ userId }: Person) {
  return sql`
    select coalesce(memberships.group_id, memberships.organization_id) as id, memberships.organization_id,
      memberships.group_id, coalesce(groups.name, organizations.name) as name
    from memberships
    join organizations on organizations.id = memberships.organization_id
    left join groups on groups.id = memberships.group_id
    where memberships.user_id = ${userId} and memberships.kind = 'person'
      and memberships.role in ('group_admin', 'organization_admin')`;
}

type Row = {
  kind: AttentionKind;
  subject_id: string;
  subject_name: string;
  organization_id: string;
  group_id: string | null;
  owner_name: string;
  /** Milliseconds since 1970. */
  at: number | null;
  never_used: boolean;
  provider_url: string | null;
  reason: string | null;
  amount: number;
  is_deleted: boolean;
};

const owner = sql`owners.organization_id, owners.group_id, owners.name as owner_name`;
const limit = sql.raw(String(most + 1));
const noAccess = sql`null::text as provider_url, null::text as reason, 1 as amount`;
const exists = sql`false as is_deleted`;
const noUse = sql`false as never_used`;

// A limit within each owner's index range, so that an owner of a million tokens costs no more than others.
const expiringTokens = sql`(
  select 'expiring_token' as kind, token.id as subject_id, token.name as subject_name, ${owner},
    extract(epoch from token.expires_at)::float8 * 1000 as at, ${noAccess}, ${noUse}, ${exists}
  from owners cross join lateral (
    select id, name, expires_at from access_tokens
    where owner_id = owners.id and revoked_at is null
      and expires_at > now() and expires_at <= now() + interval '7 days'
    order by expires_at limit ${limit}
  ) token
  order by token.expires_at, token.id limit ${limit})`;

const idleAdminTokens = sql`(
  select 'idle_admin_token' as kind, token.id as subject_id, token.name as subject_name, ${owner},
    extract(epoch from token.used_at)::float8 * 1000 as at, ${noAccess},
    token.never_used, ${exists}
  from owners cross join lateral (
    select id, name, coalesce(last_used_at, created_at) as used_at, last_used_at is null as never_used from access_tokens
    where owner_id = owners.id and is_admin and revoked_at is null and expires_at > now()
      and coalesce(last_used_at, created_at) < now() - interval '90 days'
    order by coalesce(last_used_at, created_at) limit ${limit}
  ) token
  order by token.used_at, token.id limit ${limit})`;

const accessColumns = sql`accesses.id, accesses.access_token_id, accesses.provider_url, accesses.check_message,
  accesses.token_expires_at`;

// Of tokens that are not expired: nothing uses the credential of an expired one.
const credentials = sql`(
  select 'credential' as kind, tokens.id as subject_id, tokens.name as subject_name, ${owner},
    extract(epoch from case when access.token_expires_at <= now() + interval '14 days'
      then access.token_expires_at end)::float8 * 1000 as at,
    access.provider_url, access.check_message as reason, 1 as amount, ${noUse}, ${exists}
  from (
    select ${accessColumns} from organizations_of_owners
    join version_control_accesses accesses using (organization_id)
    where accesses.removed_at is null and accesses.check_code is not null
    union all
    select ${accessColumns} from organizations_of_owners
    join version_control_accesses accesses using (organization_id)
    where accesses.removed_at is null and accesses.check_code is null
      and accesses.token_expires_at <= now() + interval '14 days'
  ) access
  join access_tokens tokens on tokens.id = access.access_token_id and tokens.expires_at > now()
  join owners on owners.id = tokens.owner_id
  order by access.token_expires_at, access.id limit ${limit})`;

// One row for each token and provider, since an outage of a provider concerns all of its runners. Those of a deleted
// token whose group is deleted, too, are the organization's.
const stuckRunners = sql`(
  select 'runner' as kind, stuck.token_id as subject_id, coalesce(tokens.name, stuck.deleted->>'name') as subject_name,
    ${owner}, null::float8 as at, stuck.provider_url, stuck.reason, stuck.amount, ${noUse}, tokens.id is null as is_deleted
  from (
    select runners.organization_id, coalesce(runners.access_token_id, runners.deleted_token->>'id') as token_id,
      accesses.provider_url, runners.deleted_token as deleted, count(*)::int as amount,
      (array_agg(runners.last_error order by runners.attempts desc))[1] as reason, min(runners.created_at) as since
    from organizations_of_owners
    join runners using (organization_id)
    join version_control_accesses accesses on accesses.id = runners.access_id
    where runners.state = 'unregistering' and runners.attempts > 0
    group by runners.organization_id, token_id, accesses.provider_url, deleted
  ) stuck
  left join access_tokens tokens on tokens.id = stuck.token_id
  left join groups on groups.id = stuck.deleted->>'groupId'
  join owners on owners.id = coalesce(tokens.owner_id, groups.id, stuck.organization_id)
  where stuck.token_id is not null
  order by stuck.since, stuck.token_id limit ${limit})`;

const pausedWebhooks = sql`(
  select 'webhook' as kind, webhooks.id as subject_id,
    substring(webhooks.url from '^[a-z]+://([^/?]+)') as subject_name, ${owner},
    extract(epoch from webhooks.paused_at)::float8 * 1000 as at, ${noAccess}, ${noUse}, ${exists}
  from owners join webhooks on webhooks.owner_id = owners.id
  where webhooks.paused_at is not null
  order by webhooks.paused_at, webhooks.id limit ${limit})`;

function itemOf(row: Row): AttentionItem {
  return {
    subject: { id: row.subject_id, name: row.subject_name, isDeleted: row.is_deleted },
    owner: { organizationId: row.organization_id, groupId: row.group_id, name: row.owner_name },
    at: row.at === null ? null : new Date(row.at),
    neverUsed: row.never_used,
    providerUrl: row.provider_url,
    reason: row.reason,
    amount: row.amount,
  };
}
