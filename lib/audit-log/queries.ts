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

/** Names are those at the time of the event, except a token's, which is its current one. */
export type AuditListItem = {
  id: string;
  occurredAt: Date;
  organizationId: string;
  /** Null for events of the organization itself. */
  groupId: string | null;
  /** `token` is a technical user's; its name is null if unknown. */
  actor: { id: string; kind: UserKind; name: string; token: { id: string; name: string | null } | null };
  /** May be an action that this version doesn't know. */
  action: string;
  subject: { id: string; name: string };
  detail: Record<string, string | null>;
  channel: AuditChannel;
  address: string | null;
};

/** `access` holds the scope and the actor's rights in it, for rendering the page around the log. */
export type AuditPage = {
  items: AuditListItem[];
  nextCursor: string | null;
  previousCursor: string | null;
  access: Rights;
};

/**
 * The events of the group, or of the organization itself, newest first. A group's events are only in its own log, which
 * the organization can read once the group is deleted. Keyset pagination: a deep page costs the same as the first.
 * Throws `malformed` for an invalid cursor.
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
