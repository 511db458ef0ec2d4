import { and, eq, isNull } from "drizzle-orm";
import { db } from "@/db/client";
import { givenId } from "@/db/ids";
import { accessTokens, environmentVariables, runners, versionControlAccesses } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { authorize } from "@/lib/auth/authorize";
import { groupScope, type Scope } from "@/lib/auth/scope";
import { DomainError, notFound } from "@/lib/errors";
import { type AccessToken, selectAccessTokens } from "./access-token";
import { owned } from "./find";

/** The scope's token. Throws `not_found` for actors who may not list tokens, except a token reading itself. */
export async function getAccessToken(actor: Actor, scope: Scope, tokenId: string): Promise<AccessToken> {
  if (actor.kind !== "technical" || actor.accessTokenId !== tokenId) await authorizeHidden(actor, scope);
  const [token] = await selectAccessTokens(db).where(owned(scope, tokenId));
  if (!token) throw notFound("This access token");
  return token;
}

/** What is lost with a token that is revoked or deleted; `runners` are those that work now. */
export type Consequences = Pick<AccessToken, "status" | "lastUsedAt"> & {
  /** The network of the last use, if it is known. */
  lastUsedFrom: string | null;
  runners: number;
  accesses: number;
  variables: number;
};

/** For the question before the token is revoked or deleted. */
export async function consequencesOf(actor: Actor, scope: Scope, tokenId: string): Promise<Consequences> {
  const { id, status, lastUsedAt } = await getAccessToken(actor, scope, tokenId);
  const [counted] = await db
    .select({
      networks: accessTokens.lastUsedFrom,
      runners: db.$count(runners, and(eq(runners.accessTokenId, id), eq(runners.state, "registered"))),
      accesses: db.$count(
        versionControlAccesses,
        and(eq(versionControlAccesses.accessTokenId, id), isNull(versionControlAccesses.removedAt)),
      ),
      variables: db.$count(environmentVariables, eq(environmentVariables.accessTokenId, id)),
    })
    .from(accessTokens)
    .where(eq(accessTokens.id, id));
  if (!counted) throw notFound("This access token");
  const { networks, ...counts } = counted;
  return { status, lastUsedAt, lastUsedFrom: networks[0]?.network ?? null, ...counts };
}

/** The token's scope, without authorization. Throws `not_found` for an unknown id. */
export async function scopeOfAccessToken(tokenId: string): Promise<Scope> {
  const [token] = await db
    .select({ organizationId: accessTokens.organizationId, groupId: accessTokens.groupId })
    .from(accessTokens)
    .where(eq(accessTokens.id, givenId(tokenId)));
  if (!token) throw notFound("This access token");
  if (token.groupId) return groupScope(token.groupId);
  return { kind: "organization", organizationId: token.organizationId };
}

async function authorizeHidden(actor: Actor, scope: Scope): Promise<void> {
  try {
    await authorize(db, actor, scope, "access-tokens:read");
  } catch (error) {
    throw error instanceof DomainError ? notFound("This access token") : error;
  }
}
