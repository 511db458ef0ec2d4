import { and, eq, gte, inArray, lt, type SQL, sql } from "drizzle-orm";
import { union } from "drizzle-orm/pg-core";
import { db } from "@/db/client";
import { givenId } from "@/db/ids";
import { auditEvents } from "@/db/schema";
import { ownerOf, type Scope } from "@/lib/auth/scope";

export type AuditFilter = {
  actorId?: string;
  action?: string;
  /** Matches events about the token and events by its technical user. */
  tokenId?: string;
  from?: Date;
  /** Exclusive. */
  to?: Date;
};

/** An event's position in the log's order. */
export type LogPosition = { occurredAt: Date; id: string };
export type AuditRow = Awaited<ReturnType<typeof findAuditEvents>>[number];

type Range = { after?: LogPosition; backwards?: boolean; limit: number };

/**
 * At most `limit` events of the scope from a position on: newest first, or backwards, oldest first. Authorizes nothing.
 * Each filter, and actor with action, has an index in the result's order, so that nothing is sorted or read needlessly.
 * With a token, the other filters are applied to its rows.
 */
export function findAuditEvents(scope: Scope, filter: AuditFilter, { after, backwards = false, limit }: Range) {
  const order = backwards ? oldestFirst : newestFirst;
  const passes = and(
    eq(auditEvents.ownerId, ownerOf(scope)),
    filter.actorId ? eq(auditEvents.actorId, givenId(filter.actorId)) : undefined,
    filter.action ? eq(auditEvents.action, givenId(filter.action)) : undefined,
    filter.from && gte(auditEvents.occurredAt, filter.from),
    filter.to && lt(auditEvents.occurredAt, filter.to),
    after && beyond(after, backwards),
  );
  const token = givenId(filter.tokenId ?? "");
  const ids = (where: SQL | undefined) =>
    db.select({ id: auditEvents.id }).from(auditEvents).where(where).orderBy(order).limit(limit);
  // An OR would sort every match. Each index yields one page instead, and the result is cut from both.
  const ofToken = () =>
    union(ids(and(passes, eq(auditEvents.subjectId, token))), ids(and(passes, eq(auditEvents.accessTokenId, token))));
  return db
    .select(columns)
    .from(auditEvents)
    .where(filter.tokenId ? inArray(auditEvents.id, ofToken()) : passes)
    .orderBy(order)
    .limit(limit);
}

const newestFirst = sql`${auditEvents.occurredAt} desc, ${auditEvents.id} desc`;
const oldestFirst = sql`${auditEvents.occurredAt}, ${auditEvents.id}`;

const columns = {
  id: auditEvents.id,
  occurredAt: auditEvents.occurredAt,
  organizationId: auditEvents.organizationId,
  groupId: auditEvents.groupId,
  actorId: auditEvents.actorId,
  actorKind: auditEvents.actorKind,
  actorName: auditEvents.actorName,
  accessTokenId: auditEvents.accessTokenId,
  action: auditEvents.action,
  subjectId: auditEvents.subjectId,
  subjectName: auditEvents.subjectName,
  detail: auditEvents.detail,
  channel: auditEvents.channel,
  address: auditEvents.address,
};

function beyond({ occurredAt, id }: LogPosition, backwards: boolean): SQL {
  const place = sql`(${occurredAt.toISOString()}::timestamptz, ${id})`;
  return sql`(${auditEvents.occurredAt}, ${auditEvents.id}) ${sql.raw(backwards ? ">" : "<")} ${place}`;
}
