import { z } from "zod";
import { db } from "@/db/client";
import type { AuditChannel, UserKind } from "@/db/enums";
import type { Actor } from "@/lib/auth/actor";
import { authorize, type Rights } from "@/lib/auth/authorize";
import type { Scope } from "@/lib/auth/scope";
import { decodeCursor, encodeCursor, instantPlace, textPlace } from "@/lib/cursor";
import { type AuditFilter, type AuditRow, findAuditEvents } from "./find";
import { logOf, type WhichLog } from "./log-of";
import { tokenNames } from "./names";

/** Names as they were when it happened, but a token's, by which one finds it now. */
export type AuditListItem = {
  id: string;
  occurredAt: Date;
  organizationId: string;
  /** Null for what happened in the organization itself. */
  groupId: string | null;
  /** `token` is a technical user's; its name is null where nothing knows it. */
  actor: { id: string; kind: UserKind; name: string; token: { id: string; name: string | null } | null };
  /** May be one that this version doesn't know. */
  action: string;
  subject: { id: string; name: string };
  detail: Record<string, string | null>;
  channel: AuditChannel;
  address: string | null;
};

/** `access` is what was found of the scope and of the actor's rights in it, for who shows them around the log. */
export type AuditPage = {
  items: AuditListItem[];
  nextCursor: string | null;
  previousCursor: string | null;
  access: Rights;
};

/**
 * What has happened in the group, or in the organization itself, newest first: a group's events are in its own log
 * alone, which the organization reads once the group is deleted. A page deep in the log costs what the first does.
 * Throws `malformed` for a cursor that is none.
 */
export async function listAuditEvents(
  actor: Actor,
  scope: Scope,
  { limit = 20, cursor, deletedGroupId, ...filter }: AuditFilter & WhichLog & { limit?: number; cursor?: string } = {},
): Promise<AuditPage> {
  const access = await authorize(db, actor, scope, "audit:read");
  const { log } = await logOf(db, scope, { deletedGroupId });
  const from = cursor ? placeOf(cursor) : undefined;
  const backwards = from?.direction === "previous";
  const found = await findAuditEvents(log, filter, { after: from, backwards, limit: limit + 1 });
  const more = found.length > limit;
  const rows = found.slice(0, limit);
  if (backwards) rows.reverse();
  const tokens = new Set(rows.flatMap(({ accessTokenId }) => accessTokenId ?? []));
  const names = await tokenNames(log, access.organization.id, [...tokens]);
  return {
    items: rows.map((row) => itemOf(row, names)),
    nextCursor: more || backwards ? cursorAt(rows.at(-1), "next") : null,
    previousCursor: (backwards ? more : from) ? cursorAt(rows[0], "previous") : null,
    access,
  };
}

const shape = z.tuple([z.literal("audit"), instantPlace, textPlace, z.enum(["next", "previous"])]);
type Direction = z.output<typeof shape>[3];

function cursorAt(row: AuditRow | undefined, direction: Direction): string | null {
  return row ? encodeCursor(["audit", row.occurredAt.toISOString(), row.id, direction]) : null;
}

function placeOf(cursor: string) {
  const [, occurredAt, id, direction] = decodeCursor(cursor, shape);
  return { occurredAt: new Date(occurredAt), id, direction };
}

function itemOf(row: AuditRow, names: ReadonlyMap<string, string>): AuditListItem {
  const { id, occurredAt, organizationId, groupId, action, detail, channel, address, accessTokenId } = row;
  const token = accessTokenId ? { id: accessTokenId, name: names.get(accessTokenId) ?? null } : null;
  return {
    id,
    occurredAt,
    organizationId,
    groupId,
    actor: { id: row.actorId, kind: row.actorKind, name: row.actorName, token },
    action,
    subject: { id: row.subjectId, name: row.subjectName },
    detail,
    channel,
    address,
  };
}
