import { and, eq, isNull } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens, environmentVariables, runners, trustedPipelines, versionControlAccesses } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { notFound } from "@/lib/errors";
import type { AccessToken } from "./access-token";
import { findManagedToken, findRotatableToken, findTrustingToken, findVisibleToken } from "./find";

/**
 * The token, also for a token reading itself. Throws `not_found` for actors who may not list the tokens of its scope, and
 * for a token of another scope than `within`, if that is given.
 */
export async function getAccessToken(actor: Actor, tokenId: string, within?: Scope): Promise<AccessToken> {
  const { token, scope } = await findVisibleToken(db, actor, tokenId);
  if (within && ownerOf(within) !== ownerOf(scope)) throw notFound("This access token");
  return token;
}

/** The same for actors who may change the token: throws `forbidden` for a token with the user role reading itself. */
export async function getManagedToken(actor: Actor, tokenId: string): Promise<AccessToken> {
  return (await findManagedToken(db, actor, tokenId)).token;
}

/** The same for actors who may rotate the token's secret. */
export async function getRotatableToken(actor: Actor, tokenId: string): Promise<AccessToken> {
  return (await findRotatableToken(db, actor, tokenId)).token;
}

/** The same for actors who may change the token's trusted pipelines: throws `people_only` for access tokens. */
export async function getTrustingToken(actor: Actor, tokenId: string): Promise<AccessToken> {
  await findVisibleToken(db, actor, tokenId);
  return (await findTrustingToken(db, actor, tokenId)).token;
}

/** What is lost with a token that is revoked or deleted; `runners` are those that work now. */
export type Consequences = Pick<AccessToken, "status" | "lastUsedAt"> & {
  /** The suffixes of the token's secrets: the current one, if there is one, and before it one that is still accepted. */
  secrets: string[];
  /** The network of the last use, if it is known. */
  lastUsedFrom: string | null;
  runners: number;
  accesses: number;
  variables: number;
  pipelines: number;
};

/** For the question before the token is revoked or deleted. */
export async function consequencesOf(actor: Actor, tokenId: string, within?: Scope): Promise<Consequences> {
  const { id, status, lastUsedAt, tokenSuffix, retiringSecret } = await getAccessToken(actor, tokenId, within);
  const [counted] = await db
    .select({
      networks: accessTokens.lastUsedFrom,
      runners: db.$count(runners, and(eq(runners.accessTokenId, id), eq(runners.state, "registered"))),
      accesses: db.$count(
        versionControlAccesses,
        and(eq(versionControlAccesses.accessTokenId, id), isNull(versionControlAccesses.removedAt)),
      ),
      variables: db.$count(environmentVariables, eq(environmentVariables.accessTokenId, id)),
      pipelines: db.$count(trustedPipelines, eq(trustedPipelines.accessTokenId, id)),
    })
    .from(accessTokens)
    .where(eq(accessTokens.id, id));
  if (!counted) throw notFound("This access token");
  const { networks, ...counts } = counted;
  const secrets = [retiringSecret?.tokenSuffix, tokenSuffix].filter((suffix) => typeof suffix === "string");
  return { status, lastUsedAt, lastUsedFrom: networks[0]?.network ?? null, secrets, ...counts };
}
