import type { auditEvents } from "@/db/schema";

export type StoredEvent = typeof auditEvents.$inferSelect;

const version = 1;

/** Every column of the event in a fixed order: what its proof and its place in the chain are made from. */
export function bytesOf(event: StoredEvent): Buffer {
  return Buffer.from(
    JSON.stringify([
      version,
      event.id,
      event.organizationId,
      event.groupId,
      event.ownerId,
      // As an instant in UTC with milliseconds; null where someone has made it one that JavaScript can't hold.
      event.occurredAt,
      event.actorId,
      event.actorKind,
      event.actorName,
      event.accessTokenId,
      event.action,
      event.subjectId,
      event.subjectName,
      sorted(event.detail),
      event.channel,
      event.address,
    ]),
  );
}

/**
 * PostgreSQL keeps the entries of a JSON object in an order of its own. What is no object, as it never was, stays; what is
 * neither string nor null, as no entry ever was, becomes none of these, though JavaScript writes 1e400 as null.
 */
function sorted(detail: unknown): unknown {
  if (!(detail instanceof Object) || Array.isArray(detail)) return detail;
  return Object.fromEntries(
    Object.entries(detail)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, typeof value === "string" || value === null ? value : [value]]),
  );
}
