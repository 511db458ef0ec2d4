import { and, asc, eq, notInArray } from "drizzle-orm";
import { db } from "@/db/client";
import { auditEvents } from "@/db/schema";

/** Refusals, which are recorded in the background, where and when they may. */
export const refusalActions = [
  "attempt.denied",
  "sign_in.failed",
  "access_token.refused",
  "runner.registration_refused",
  "sealed_value.refused",
];

/** What the log has about a subject but refusals, oldest first, without what differs from run to run. */
export function eventsOn(subjectId: string) {
  return db
    .select({ action: auditEvents.action, actorId: auditEvents.actorId, detail: auditEvents.detail })
    .from(auditEvents)
    .where(and(eq(auditEvents.subjectId, subjectId), notInArray(auditEvents.action, refusalActions)))
    .orderBy(asc(auditEvents.occurredAt), asc(auditEvents.id));
}
