import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { db } from "@/db/client";
import { type Role, type UserKind, userKinds } from "@/db/enums";
import { memberships, users } from "@/db/schema";
import type { Rights } from "@/lib/auth/authorize";
import { decodeCursor, type Page, pageOf, textPlace } from "@/lib/cursor";

/** `email` is null for technical users. */
export type Member = {
  user: { id: string; name: string };
  kind: UserKind;
  role: Role;
  email: string | null;
  createdAt: Date;
};

export type ListMembers = { limit?: number; cursor?: string; kind?: UserKind };

/** People first, then technical users, each in order of creation. */
export async function membersIn(
  { organization, group }: Rights,
  { limit = 20, cursor, kind }: ListMembers,
): Promise<Page<Member>> {
  const from = cursor ? decodeCursor(cursor, place) : undefined;
  const found = await db
    .select({
      user: { id: users.id, name: users.name },
      kind: memberships.kind,
      role: memberships.role,
      email: users.email,
      createdAt: memberships.createdAt,
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.organizationId, organization.id),
        group ? eq(memberships.groupId, group.id) : isNull(memberships.groupId),
        kind && eq(memberships.kind, kind),
        from && sql`(${memberships.kind}, ${memberships.userId}) > (${from[1]}, ${from[2]})`,
      ),
    )
    .orderBy(asc(memberships.kind), asc(memberships.userId))
    .limit(limit + 1);
  return pageOf(found, limit, (member) => ["members", member.kind, member.user.id]);
}

const place = z.tuple([z.literal("members"), z.enum(userKinds), textPlace]);
