import { sql } from "drizzle-orm";
import type { Executor } from "@/db/client";
import { auditEvents } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { requestContext } from "@/lib/request-context";

export type AuditAction =
  | "organization.created"
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

/** Adds the event to the log, within the transaction of the change that it tells of. */
export async function recordAuditEvent(
  executor: Executor,
  actor: Actor,
  owner: { organizationId: string; groupId: string | null },
  { action, subject, detail = {} }: AuditEvent,
): Promise<void> {
  const request = requestContext();
  await executor.insert(auditEvents).values({
    ...owner,
    // Not now(), the transaction's beginning: one that had to wait would come before what it waited for.
    occurredAt: sql`clock_timestamp()`,
    actorId: actor.userId,
    actorKind: actor.kind,
    actorName: actor.name,
    accessTokenId: actor.kind === "technical" ? actor.accessTokenId : null,
    action,
    subjectId: subject.id,
    subjectName: subject.name,
    detail,
    channel: request?.channel ?? "system",
    address: request?.address ?? null,
  });
}
