import { and, asc, eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens, calendars, groups, organizations, users, versionControlAccesses } from "@/db/schema";
import { hashSecret } from "@/lib/access-tokens/secret";
import type { Actor } from "@/lib/auth/actor";
import { authorize } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { notFound } from "@/lib/errors";

export type Calendar = { createdAt: Date; createdBy: { id: string; name: string } };

/** The scope's calendar link, which can't be shown again. Undefined if there is none. Throws `forbidden`. */
export async function getCalendar(actor: Actor, scope: Scope): Promise<Calendar | undefined> {
  await authorize(db, actor, scope, "settings:manage");
  const [calendar] = await db
    .select({ createdAt: calendars.createdAt, createdBy: { id: users.id, name: users.name } })
    .from(calendars)
    .innerJoin(users, eq(users.id, calendars.createdById))
    .where(eq(calendars.ownerId, ownerOf(scope)));
  return calendar;
}

type Token = { id: string; name: string };
type TokenExpiration = Token & { createdAt: Date; expiresAt: Date };
type CredentialExpiration = { id: string; token: Token; providerUrl: string; createdAt: Date; expiresAt: Date };

/** `groupId` is null for an organization, whose groups' tokens are not among its own. */
export type Expirations = {
  owner: { organizationId: string; groupId: string | null; name: string };
  tokens: TokenExpiration[];
  credentials: CredentialExpiration[];
};

const secretShape = /^[0-9A-Za-z]{43}$/;
/** Of each kind, the earliest. */
const most = 2000;

/**
 * When tokens of the calendar link's owner, and their stored credentials, expire: from 30 days ago on, without revoked
 * tokens. Anybody who has the link may ask. Throws `not_found`, without a query if the secret is malformed.
 */
export async function findExpirations(secret: string): Promise<Expirations> {
  if (!secretShape.test(secret)) throw notFound("This calendar");
  const [owner] = await db
    .select({
      organizationId: calendars.organizationId,
      groupId: calendars.groupId,
      name: sql<string>`coalesce(${groups.name}, ${organizations.name})`,
    })
    .from(calendars)
    .innerJoin(organizations, eq(organizations.id, calendars.organizationId))
    .leftJoin(groups, eq(groups.id, calendars.groupId))
    .where(eq(calendars.secretHash, hashSecret(secret)));
  if (!owner) throw notFound("This calendar");
  const ofOwner = and(
    eq(accessTokens.ownerId, owner.groupId ?? owner.organizationId),
    isNull(accessTokens.revokedAt),
    isRecent(accessTokens.expiresAt),
  );
  const [tokens, credentials] = await Promise.all([tokensExpiring(ofOwner), credentialsExpiring(ofOwner)]);
  return { owner, tokens, credentials };
}

function isRecent(expiresAt: typeof accessTokens.expiresAt | typeof versionControlAccesses.tokenExpiresAt): SQL {
  return gt(expiresAt, sql`now() - interval '30 days'`);
}

const { id, name, createdAt, expiresAt } = accessTokens;

function tokensExpiring(which: SQL | undefined): Promise<TokenExpiration[]> {
  return db
    .select({ id, name, createdAt, expiresAt })
    .from(accessTokens)
    .where(which)
    .orderBy(asc(expiresAt), asc(id))
    .limit(most);
}

async function credentialsExpiring(which: SQL | undefined): Promise<CredentialExpiration[]> {
  const { tokenExpiresAt, accessTokenId, removedAt, ...access } = versionControlAccesses;
  const rows = await db
    .select({
      id: access.id,
      token: { id, name },
      providerUrl: access.providerUrl,
      createdAt: access.createdAt,
      expiresAt: tokenExpiresAt,
    })
    .from(accessTokens)
    .innerJoin(versionControlAccesses, eq(accessTokenId, id))
    .where(and(which, isNull(removedAt), isRecent(tokenExpiresAt)))
    .orderBy(asc(tokenExpiresAt), asc(access.id))
    .limit(most);
  return rows.flatMap((row) => (row.expiresAt ? { ...row, expiresAt: row.expiresAt } : []));
}
