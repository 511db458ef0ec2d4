import { and, asc, desc, eq, gt, isNull, lte, type SQL, sql } from "drizzle-orm";
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
/** Of each kind, those that come first, and those that were last. */
const mostToCome = 2000;
const mostPast = 500;

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

type Instant = typeof accessTokens.expiresAt | typeof versionControlAccesses.tokenExpiresAt;

function isRecent(expiresAt: Instant): SQL {
  return gt(expiresAt, sql`now() - interval '30 days'`);
}

type Part = { when: SQL; order: typeof asc; limit: number };

/** In the order of their expirations. Many that are over leave no one out that is to come. */
async function aroundNow<T>(expiresAt: Instant, read: (part: Part) => Promise<T[]>): Promise<T[]> {
  const [past, toCome] = await Promise.all([
    read({ when: lte(expiresAt, sql`now()`), order: desc, limit: mostPast }),
    read({ when: gt(expiresAt, sql`now()`), order: asc, limit: mostToCome }),
  ]);
  return [...past.reverse(), ...toCome];
}

const { id, name, createdAt, expiresAt } = accessTokens;

function tokensExpiring(which: SQL | undefined): Promise<TokenExpiration[]> {
  return aroundNow(expiresAt, ({ when, order, limit }) =>
    db
      .select({ id, name, createdAt, expiresAt })
      .from(accessTokens)
      .where(and(which, when))
      .orderBy(order(expiresAt), order(id))
      .limit(limit),
  );
}

async function credentialsExpiring(which: SQL | undefined): Promise<CredentialExpiration[]> {
  const { tokenExpiresAt, accessTokenId, removedAt, ...access } = versionControlAccesses;
  const rows = await aroundNow(tokenExpiresAt, ({ when, order, limit }) =>
    db
      .select({
        id: access.id,
        token: { id, name },
        providerUrl: access.providerUrl,
        createdAt: access.createdAt,
        expiresAt: tokenExpiresAt,
      })
      .from(accessTokens)
      .innerJoin(versionControlAccesses, eq(accessTokenId, id))
      .where(and(which, isNull(removedAt), isRecent(tokenExpiresAt), when))
      .orderBy(order(tokenExpiresAt), order(access.id))
      .limit(limit),
  );
  return rows.flatMap((row) => (row.expiresAt ? { ...row, expiresAt: row.expiresAt } : []));
}
