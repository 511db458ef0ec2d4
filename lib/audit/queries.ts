import { and, desc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { db } from "@/db/client";
import type { AuditChannel, UserKind } from "@/db/enums";
import { auditEvents } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { authorize } from "@/lib/auth/authorize";
import type { GroupScope } from "@/lib/auth/scope";
import { decodeCursor, instantPlace, type Page, pageOf, textPlace } from "@/lib/cursor";

/** Names as they were when it happened. `action` may be one that this version doesn't know. */
export type AuditListItem = {
  id: string;
  occurredAt: Date;
  actor: { id: string; kind: UserKind; name: string };
  action: string;
  subject: { id: string; name: string };
  detail: Record<string, string | null>;
  channel: AuditChannel;
  address: string | null;
};

/** What has happened in the group, newest first. */
export async function listAuditEvents(
  actor: Actor,
  scope: GroupScope,
  { limit = 20, cursor }: { limit?: number; cursor?: string } = {},
): Promise<Page<AuditListItem>> {
  await authorize(db, actor, scope, "audit:read");
  const from = cursor ? decodeCursor(cursor, place) : undefined;
  const events = await db
    .select(columns)
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.groupId, scope.groupId),
        from && sql`(${auditEvents.occurredAt}, ${auditEvents.id}) < (${from[1]}::timestamptz, ${from[2]})`,
      ),
    )
    .orderBy(desc(auditEvents.occurredAt), desc(auditEvents.id))
    .limit(limit + 1);
  return pageOf(events, limit, (last) => ["audit", last.occurredAt.toISOString(), last.id]);
}

const columns = {
  id: auditEvents.id,
  occurredAt: auditEvents.occurredAt,
  actor: { id: auditEvents.actorId, kind: auditEvents.actorKind, name: auditEvents.actorName },
  action: auditEvents.action,
  subject: { id: auditEvents.subjectId, name: auditEvents.subjectName },
  detail: auditEvents.detail,
  channel: auditEvents.channel,
  address: auditEvents.address,
};

const place = z.tuple([z.literal("audit"), instantPlace, textPlace]);
