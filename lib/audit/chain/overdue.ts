import { and, count, eq, lt, min, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { auditEvents, unsealedAuditEvents } from "@/db/schema";

export type Overdue = { organizationId: string; waiting: number; oldest: Date | null };

/** Organizations whose events have been unsealed for more than a minute, which means that no instance can seal them. */
export function overdueEvents(): Promise<Overdue[]> {
  const waits = and(
    eq(auditEvents.id, unsealedAuditEvents.eventId),
    eq(auditEvents.organizationId, unsealedAuditEvents.organizationId),
    lt(auditEvents.occurredAt, sql`now() - interval '1 minute'`),
  );
  return db
    .select({
      organizationId: unsealedAuditEvents.organizationId,
      waiting: count(),
      oldest: min(auditEvents.occurredAt),
    })
    .from(unsealedAuditEvents)
    .innerJoin(auditEvents, waits)
    .groupBy(unsealedAuditEvents.organizationId);
}
