import { and, asc, eq, isNull, or, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { db } from "@/db/client";
import type { Role } from "@/db/enums";
import { accessTokens, memberships, sortedName, users } from "@/db/schema";
import { type Status, status } from "@/lib/access-tokens/access-token";
import type { Actor } from "@/lib/auth/actor";
import { authorize, type Rights } from "@/lib/auth/authorize";
import type { Scope } from "@/lib/auth/scope";
import { decodeCursor, foreignCursor, type Page, pageOf, textPlace } from "@/lib/cursor";
import { foldName } from "@/lib/names";

export type PersonMember = { id: string; name: string; email: string | null; role: Role };
/** `token` is null for an actor who may not see the scope's access tokens. */
export type TechnicalMember = {
  id: string;
  username: string;
  role: Role;
  token: { id: string; name: string; status: Status } | null;
};
/** `search` is a literal part of a name or of an e-mail address, without regard to case and accents. */
export type MemberSearch = { search?: string; cursor?: string; limit?: number };

/** The people with a role, or with the given one, in exactly this scope, by name. */
export async function listPeople(
  actor: Actor,
  scope: Scope,
  { search, role, cursor, limit = 50 }: MemberSearch & { role?: Role } = {},
): Promise<Page<PersonMember>> {
  const rights = await authorize(db, actor, scope, readPermission(scope));
  const from = cursor ? decodeCursor(cursor, personPlace) : undefined;
  const found = await db
    .select({
      person: { id: users.id, name: users.name, email: users.email, role: memberships.role },
      key: sortedName(users.name),
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        isMemberOf(rights),
        eq(memberships.kind, "person"),
        eq(users.kind, "person"),
        role && eq(memberships.role, role),
        search
          ? or(
              like(sortedName(users.name), sortedName(text(search.normalize("NFKD")))),
              like(users.email, lower(search)),
            )
          : undefined,
        from && sql`(${sortedName(users.name)}, ${users.id}) > (${from[1]} collate "C", ${from[2]})`,
      ),
    )
    .orderBy(sortedName(users.name), asc(users.id))
    .limit(limit + 1);
  const page = pageOf(found, limit, ({ key, person }) => ["people", key, person.id]);
  return { ...page, items: page.items.map(({ person }) => person) };
}

/**
 * The technical users of the scope's own access tokens, by the tokens' names. A search finds a part of a username, and of
 * the token's name for an actor who may see the tokens.
 */
export async function listTechnicalUsers(
  actor: Actor,
  scope: Scope,
  { search, cursor, limit = 50 }: MemberSearch = {},
): Promise<Page<TechnicalMember>> {
  const rights = await authorize(db, actor, scope, readPermission(scope));
  const { organization, group, permissions } = rights;
  const ownerId = group?.id ?? organization.id;
  const mayReadTokens = permissions.has("access-tokens:read");
  const from = cursor ? await nameKeyAt(ownerId, cursor) : undefined;
  const found = await db
    .select({
      user: { id: users.id, username: users.name, role: memberships.role },
      token: { id: accessTokens.id, name: accessTokens.name, status },
    })
    .from(accessTokens)
    .innerJoin(users, eq(users.id, accessTokens.technicalUserId))
    .innerJoin(memberships, eq(memberships.userId, accessTokens.technicalUserId))
    .where(
      and(
        eq(accessTokens.ownerId, ownerId),
        search ? like(accessTokens.searchKey, text(foldName(search))) : undefined,
        search && !mayReadTokens ? like(users.name, lower(search)) : undefined,
        from === undefined ? undefined : sql`${accessTokens.nameKey} > ${from} collate "C"`,
      ),
    )
    .orderBy(asc(accessTokens.nameKey))
    .limit(limit + 1);
  const page = pageOf(found, limit, ({ user }) => ["technical users", user.id]);
  return {
    ...page,
    items: page.items.map(({ user, token }) => ({ ...user, token: mayReadTokens ? token : null })),
  };
}

const personPlace = z.tuple([z.literal("people"), textPlace, textPlace]);
const technicalUserPlace = z.tuple([z.literal("technical users"), textPlace]);

/** The token's name is not in the cursor, since some who may page through technical users may not see it. */
async function nameKeyAt(ownerId: string, cursor: string): Promise<string> {
  const [, userId] = decodeCursor(cursor, technicalUserPlace);
  const [token] = await db
    .select({ nameKey: accessTokens.nameKey })
    .from(accessTokens)
    .where(and(eq(accessTokens.ownerId, ownerId), eq(accessTokens.technicalUserId, userId)));
  // The token has been deleted since: the page begins the list again.
  if (!token) throw foreignCursor();
  return token.nameKey;
}

function readPermission(scope: Scope) {
  return scope.kind === "group" ? "group:read" : "organization:read";
}

/** Memberships of the scope itself, without those of an organization's groups. */
function isMemberOf({ organization, group }: Rights): SQL | undefined {
  return and(
    eq(memberships.organizationId, organization.id),
    group ? eq(memberships.groupId, group.id) : isNull(memberships.groupId),
  );
}

function like(column: SQL | typeof users.email | typeof users.name | typeof accessTokens.searchKey, part: SQL): SQL {
  return sql`${column} like '%' || ${part} || '%'`;
}

/** A text from a client, escaped for LIKE. NUL, which PostgreSQL's text can't hold, becomes another control character. */
function text(search: string): SQL {
  return sql`${search.replaceAll("\0", "\u0001").replace(/[\\%_]/g, "\\$&")}::text`;
}

const lower = (search: string) => text(search.toLowerCase());
