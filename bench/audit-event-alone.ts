// Replaces lib/audit/record.ts to measure creations without the audit chain.
import { sql } from "drizzle-orm";
import type { Executor } from "@/db/client";
import { auditEvents } from "@/db/schema";
import type { AuditEvent } from "@/lib/audit/record";
import type { Actor } from "@/lib/auth/actor";
import { requestContext } from "@/lib/request-context";

export async function recordAuditEvent(
  executor: Executor,
  actor: Actor,
  owner: { organizationId: string; groupId: string | null },
  { action, subject, detail = {} }: AuditEvent,
): Promise<void> {
  const request = requestContext();
  await executor.insert(auditEvents).values({
    ...owner,
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
