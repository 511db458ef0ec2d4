import { asc, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { auditEvents } from "@/db/schema";

/** What the log has about a subject, oldest first, without what differs from run to run. */
export function eventsOn(subjectId: string) {
  return db
    .select({ action: auditEvents.action, actorId: auditEvents.actorId, detail: auditEvents.detail })
    .from(auditEvents)
    .where(eq(auditEvents.subjectId, subjectId))
    .orderBy(asc(auditEvents.occurredAt), asc(auditEvents.id));
}
