import { type SQL, sql } from "drizzle-orm";
import type { Executor } from "@/db/client";
import { newId } from "@/db/ids";
import type { Actor } from "@/lib/auth/actor";
import { requestContext } from "@/lib/request-context";
import type { AuditAction } from "./actions";
import type { StoredEvent } from "./chain/keys";
import { chainKeys } from "./chain/keys";

/** `detail` must hold no secret. */
export type AuditEvent = {
  action: AuditAction;
  subject: { id: string; name: string };
  detail?: Record<string, string | null>;
};

export type Owner = { organizationId: string; groupId: string | null };

/**
 * Adds the event to the log and to the queue of its organization's chain, in the transaction of the change it
 * describes. The proof is stored with it, so that only events written here are sealed.
 */
export function recordAuditEvent(executor: Executor, actor: Actor, owner: Owner, event: AuditEvent): Promise<void> {
  return recordAuditEvents(executor, actor, owner, [event]);
}

/** The same for several events of one change, in one statement. */
export async function recordAuditEvents(
  executor: Executor,
  actor: Actor,
  owner: Owner,
  events: readonly AuditEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const { proof, now } = await chainKeys(executor, owner.organizationId);
  const stored = events.map((event) => storedEvent(now, actor, owner, event));
  await executor.execute(insertBoth(stored.map((event) => ({ event, proof: proof(event) }))));
}

function storedEvent(
  now: Date,
  actor: Actor,
  { organizationId, groupId }: Owner,
  { action, subject, detail = {} }: AuditEvent,
): StoredEvent {
  const request = requestContext();
  return {
    id: newId("aud"),
    organizationId,
    groupId,
    ownerId: groupId ?? organizationId,
    // The clock's time, not the transaction's start: one that waited for a lock must not sort before its holder.
    occurredAt: now,
    actorId: actor.userId,
    actorKind: actor.kind,
    actorName: actor.name.toWellFormed(),
    // Empty for background jobs.
    accessTokenId: (actor.kind === "technical" && actor.accessTokenId) || null,
    action,
    subjectId: subject.id.toWellFormed(),
    subjectName: subject.name.toWellFormed(),
    detail: wellFormed(detail),
    channel: request?.channel ?? ("system" as const),
    address: request?.address ?? null,
  };
}

// One statement, written by hand: the query builder would cost more time than the chain itself.
function insertBoth(entries: { event: StoredEvent; proof: Buffer }[]): SQL {
  const events = entries.map(
    ({ event }) => sql`
      (${event.id}, ${event.organizationId}, ${event.groupId}, ${event.occurredAt}, ${event.actorId},
        ${event.actorKind}, ${event.actorName}, ${event.accessTokenId}, ${event.action}, ${event.subjectId},
        ${event.subjectName}, ${event.detail}, ${event.channel}, ${event.address})`,
  );
  const proofs = entries.map(({ event, proof }) => sql`(${event.organizationId}, ${event.id}, ${proof})`);
  return sql`
    with written as (
      insert into audit_events (id, organization_id, group_id, occurred_at, actor_id, actor_kind, actor_name,
        access_token_id, action, subject_id, subject_name, detail, channel, address)
      values ${sql.join(events, sql`, `)}
    )
    insert into unsealed_audit_events (organization_id, event_id, proof)
    values ${sql.join(proofs, sql`, `)}`;
}

/** As the database returns it: UTF-8 can't hold a lone surrogate. */
function wellFormed(detail: Record<string, string | null>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(detail).map(([name, value]) => [name.toWellFormed(), value?.toWellFormed() ?? null]),
  );
}
