import { and, desc, eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { givenId } from "@/db/ids";
import { auditEvents } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { authorize } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { findAuditEvents } from "./find";
import { logOf, type WhichLog } from "./log-of";

type Chosen = WhichLog & { actorId?: string; tokenId?: string };
type Names = { actor: string | undefined; token: string | undefined; deletedGroup: string | undefined };

/** Names of the filter's actor and token; omitted if they are not in the log. */
export async function auditFilterNames(
  actor: Actor,
  scope: Scope,
  { actorId, tokenId, deletedGroupId }: Chosen,
): Promise<Names> {
  const { organization } = await authorize(db, actor, scope, "audit:read");
  const { log, deletedGroup } = await logOf(db, scope, { deletedGroupId });
  const [name, token] = await Promise.all([
    actorId ? nameOfActor(log, actorId) : undefined,
    tokenId ? nameOfToken(log, organization.id, tokenId) : undefined,
  ]);
  return { actor: name, token, deletedGroup: deletedGroup?.name };
}

/**
 * Current names of tokens, or for deleted ones the last name in the group's or organization's log. The caller must pass
 * only tokens that are in the log.
 */
export async function tokenNames(
  log: Scope,
  organizationId: string,
  tokenIds: readonly string[],
): Promise<Map<string, string>> {
  if (tokenIds.length === 0) return new Map();
  const nameInLogOf = (ownerId: string) => sql`(
    select subject_name from audit_events where owner_id = ${ownerId} and subject_id = token.id
    order by occurred_at desc, id desc limit 1)`;
  const { rows } = await db.execute<{ id: string; name: string | null }>(sql`
    select token.id, coalesce(
      (select name from access_tokens where id = token.id and organization_id = ${organizationId}),
      ${nameInLogOf(ownerOf(log))}, ${nameInLogOf(organizationId)}) as name
    from unnest(${sql.param(tokenIds.map(givenId))}::text[]) as token (id)`);
  return new Map(rows.flatMap(({ id, name }) => (name === null ? [] : [[id, name]])));
}

async function nameOfToken(log: Scope, organizationId: string, tokenId: string): Promise<string | undefined> {
  // Names of subjects outside this log must not leak, such as another group's token or an invitation's address.
  const isInLog = tokenId.startsWith("tok_") && (await findAuditEvents(log, { tokenId }, { limit: 1 })).length > 0;
  return isInLog ? (await tokenNames(log, organizationId, [tokenId])).get(tokenId) : undefined;
}

async function nameOfActor(log: Scope, actorId: string): Promise<string | undefined> {
  const [event] = await db
    .select({ name: auditEvents.actorName })
    .from(auditEvents)
    .where(and(eq(auditEvents.ownerId, ownerOf(log)), eq(auditEvents.actorId, givenId(actorId))))
    .orderBy(desc(auditEvents.occurredAt), desc(auditEvents.id))
    .limit(1);
  return event?.name;
}
