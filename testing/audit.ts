import { and, asc, eq, notInArray } from "drizzle-orm";
import { db } from "@/db/client";
import { auditEvents } from "@/db/schema";

/** The actions of refusals. They are recorded in the background, so comparisons leave them out. */
export const refusalActions = [
  "attempt.denied",
  "sign_in.failed",
  "access_token.refused",
  "access_token.retired_secret_used",
  "runner.registration_refused",
  "sealed_value.refused",
];

/** The events about a subject except refusals, oldest first, without the parts that differ between runs. */
export function eventsOn(subjectId: string) {
  return db
    .select({ action: auditEvents.action, actorId: auditEvents.actorId, detail: auditEvents.detail })
    .from(auditEvents)
    .where(and(eq(auditEvents.subjectId, subjectId), notInArray(auditEvents.action, refusalActions)))
    .orderBy(asc(auditEvents.occurredAt), asc(auditEvents.id));
}
