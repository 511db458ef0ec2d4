import { and, asc, eq } from "drizzle-orm";
import { expect, vi } from "vitest";
import { db } from "@/db/client";
import { auditEvents } from "@/db/schema";
import type { AuditAction } from "@/lib/audit/actions";
import { withRequestContext } from "@/lib/request-context";

let networks = 0;
/** A different address at each call. */
export function newAddress(): string {
  networks += 1;
  return `198.51.${Math.floor(networks / 256)}.${networks % 256}`;
}

/** Runs the work as a request from the address. */
export function from<T>(work: () => Promise<T>, address = newAddress()): Promise<T> {
  return withRequestContext({ requestId: "1", channel: "page", address }, work);
}

export function refusalsIn(ownerId: string, action: AuditAction) {
  return db
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.ownerId, ownerId), eq(auditEvents.action, action)))
    .orderBy(asc(auditEvents.occurredAt), asc(auditEvents.id));
}

/** Waits until the owner has `count` recorded refusals, and returns them. They are written in the background. */
export function recorded(ownerId: string, action: AuditAction, count: number) {
  return vi.waitFor(
    async () => {
      const events = await refusalsIn(ownerId, action);
      expect(events).toHaveLength(count);
      return events;
    },
    { timeout: 10_000 },
  );
}
