import { and, desc, eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { givenId } from "@/db/ids";
import { auditEvents } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { type Access, authorize } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";

/** The names of the actor and the token that the log is filtered by; of one that it doesn't know, nothing. */
export async function auditFilterNames(
  actor: Actor,
  scope: Scope,
  { actorId, tokenId }: { actorId?: string; tokenId?: string },
): Promise<{ actor: string | undefined; token: string | undefined }> {
  const access = await authorize(db, actor, scope, "audit:read");
  const [name, tokens] = await Promise.all([
    actorId ? nameOfActor(scope, actorId) : undefined,
    tokenId ? tokenNames(access, [tokenId]) : undefined,
  ]);
  return { actor: name, token: tokenId && tokens?.get(tokenId) };
}

/** Of tokens of the group or its organization: their names now or, when deleted, as the log last had them. */
export async function tokenNames(access: Access, tokenIds: readonly string[]): Promise<Map<string, string>> {
  const { organization, group } = access;
  const found = tokenIds.length === 0 ? [] : await selectTokenNames(organization.id, group?.id, tokenIds.map(givenId));
  return new Map(found.flatMap(({ id, name }) => (name === null ? [] : [[id, name]])));
}

async function selectTokenNames(organizationId: string, groupId: string | undefined, tokenIds: string[]) {
  const nameInLogOf = (ownerId: string | null) => sql`(
    select subject_name from audit_events where owner_id = ${ownerId} and subject_id = token.id
    order by occurred_at desc, id desc limit 1)`;
  const { rows } = await db.execute<{ id: string; name: string | null }>(sql`
    select token.id, coalesce(
      (select name from access_tokens where id = token.id and organization_id = ${organizationId}),
      ${nameInLogOf(groupId ?? null)}, ${nameInLogOf(organizationId)}) as name
    from unnest(${sql.param(tokenIds)}::text[]) as token (id)`);
  return rows;
}

async function nameOfActor(scope: Scope, actorId: string): Promise<string | undefined> {
  const [event] = await db
    .select({ name: auditEvents.actorName })
    .from(auditEvents)
    .where(and(eq(auditEvents.ownerId, ownerOf(scope)), eq(auditEvents.actorId, givenId(actorId))))
    .orderBy(desc(auditEvents.occurredAt), desc(auditEvents.id))
    .limit(1);
  return event?.name;
}
