import { sql } from "drizzle-orm";
import type { Executor } from "@/db/client";
import { newId } from "@/db/ids";
import type { Actor } from "@/lib/auth/actor";
import { requestContext } from "@/lib/request-context";
import type { StoredEvent } from "./chain-bytes";
import { chainKeys } from "./chain-keys";

export type AuditAction =
  | "organization.created"
  | "group.created"
  | "group.renamed"
  | "group.deleted"
  | "invitation.created"
  | "invitation.revoked"
  | "invitation.accepted"
  | "attempt.denied"
  | "sign_in.failed"
  | "access_token.refused"
  | "audit_log.exported"
  | "access_token.created"
  | "access_token.renamed"
  | "access_token.revoked"
  | "access_token.reactivated"
  | "access_token.deleted"
  | "version_control_access.added"
  | "version_control_access.token_replaced"
  | "version_control_access.removed"
  | "environment_variable.added"
  | "environment_variable.replaced"
  | "environment_variable.removed"
  | "environment_variable.imported"
  | "session_context.read"
  | "runner.registered"
  | "runner.unregistered"
  | "member.added"
  | "member.role_changed"
  | "member.removed";

/** What happened to what. `detail` holds no secret. */
export type AuditEvent = {
  action: AuditAction;
  subject: { id: string; name: string };
  detail?: Record<string, string | null>;
};

declare global {
  /** Set by the start: tells the sealer that an event was written, or is about to be committed. */
  var vehaasWakeAuditSealer: (() => void) | undefined;
}

/**
 * Adds the event to the log, within the transaction of the change that it tells of, and to what awaits its place in the
 * organization's chain. The proof goes along, so that nothing is sealed but what was written here.
 */
export async function recordAuditEvent(
  executor: Executor,
  actor: Actor,
  owner: { organizationId: string; groupId: string | null },
  { action, subject, detail = {} }: AuditEvent,
): Promise<void> {
  const { proof, now } = await chainKeys(executor, owner.organizationId);
  const request = requestContext();
  const event = {
    id: newId("aud"),
    organizationId: owner.organizationId,
    groupId: owner.groupId,
    ownerId: owner.groupId ?? owner.organizationId,
    // The clock's, not the transaction's beginning: one that had to wait would come before what it waited for.
    occurredAt: now,
    actorId: actor.userId,
    actorKind: actor.kind,
    actorName: actor.name.toWellFormed(),
    accessTokenId: actor.kind === "technical" ? actor.accessTokenId : null,
    action,
    subjectId: subject.id.toWellFormed(),
    subjectName: subject.name.toWellFormed(),
    detail: wellFormed(detail),
    channel: request?.channel ?? ("system" as const),
    address: request?.address ?? null,
  };
  await insert(executor, event, proof(event));
  globalThis.vehaasWakeAuditSealer?.();
}

// One statement, and written out: the query builder would take longer over it than all that the chain costs a writer.
async function insert(executor: Executor, event: StoredEvent, proof: Buffer): Promise<void> {
  await executor.execute(sql`
    with written as (
      insert into audit_events (id, organization_id, group_id, occurred_at, actor_id, actor_kind, actor_name,
        access_token_id, action, subject_id, subject_name, detail, channel, address)
      values (${event.id}, ${event.organizationId}, ${event.groupId}, ${event.occurredAt}, ${event.actorId},
        ${event.actorKind}, ${event.actorName}, ${event.accessTokenId}, ${event.action}, ${event.subjectId},
        ${event.subjectName}, ${event.detail}, ${event.channel}, ${event.address})
    )
    insert into unsealed_audit_events (organization_id, event_id, proof)
    values (${event.organizationId}, ${event.id}, ${proof})`);
}

/** As the database will answer it: UTF-8 has no half of a surrogate pair. */
function wellFormed(detail: Record<string, string | null>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(detail).map(([name, value]) => [name.toWellFormed(), value?.toWellFormed() ?? null]),
  );
}
