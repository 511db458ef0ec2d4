// Replaces lib/audit/record.ts to measure creations without the audit chain.
import { sql } from "drizzle-orm";
import { auditEvents } from "@/db/schema";
import { requestContext } from "@/lib/request-context";

type Replaced = typeof import("@/lib/audit/record");

export const recordAuditEvent: Replaced["recordAuditEvent"] = (executor, actor, owner, event) =>
  recordAuditEvents(executor, actor, owner, [event]);

export const recordAuditEvents: Replaced["recordAuditEvents"] = async (executor, actor, owner, events) => {
  if (events.length === 0) return;
  const request = requestContext();
  await executor.insert(auditEvents).values(
    events.map(({ action, subject, detail = {} }) => ({
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
      channel: request?.channel ?? ("system" as const),
      address: request?.address ?? null,
    })),
  );
};

/** Does not compile once a function is missing here. */
export default { recordAuditEvent, recordAuditEvents } satisfies Replaced;
