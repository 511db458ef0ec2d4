import { and, eq, inArray, type SQL } from "drizzle-orm";
import type { Executor, Tx } from "@/db/client";
import { givenId } from "@/db/ids";
import { prepared } from "@/db/prepared";
import { accessTokens, groups } from "@/db/schema";
import { recordDeniedAttempt } from "@/lib/audit/authorize-command";
import type { Actor, TechnicalUser } from "@/lib/auth/actor";
import { type Rights, rightsFrom } from "@/lib/auth/authorize";
import { groupScope, organizationScope, ownerOf, type Scope } from "@/lib/auth/scope";
import { assertRevision, DomainError, type ExpectedRevisions, forbidden, notFound } from "@/lib/errors";
import { mutateAs, type Outcome } from "@/lib/mutate";
import { type AccessToken, selectAccessTokens, selectTokenWithRoles } from "./access-token";

/** A token, its scope, and the actor's rights there. */
export type TokenRights = Rights & { token: AccessToken; scope: Scope };

type Work<T> = (tx: Tx, found: TokenRights) => Promise<Outcome<T>>;

/**
 * Runs a command that changes a token or what belongs to it, as `mutate` does. Throws `not_found` for an unknown token
 * and for one in a scope that the actor may not see, and `forbidden`.
 */
export function mutateToken<T>(actor: Actor, tokenId: string, work: Work<T>): Promise<T> {
  return mutateAs(actor, async (tx) => assertManages(actor, await findWithRights(tx, actor, tokenId, true)), work);
}

/** The same for what every token may do for itself, whatever its role. */
export function mutateOwnToken<T>(actor: TechnicalUser, work: Work<T>): Promise<T> {
  return mutateAs(actor, (tx) => findWithRights(tx, actor, actor.accessTokenId, true), work);
}

/** The same for commands on the token's secrets: of the tokens, each rotates its own, whatever its role. */
export function mutateSecrets<T>(actor: Actor, tokenId: string, work: Work<T>): Promise<T> {
  return mutateAs(actor, async (tx) => assertRotates(actor, await findWithRights(tx, actor, tokenId, true)), work);
}

/** The same for commands on the token's trusted pipelines, which are for people only. */
export function mutatePipelines<T>(actor: Actor, tokenId: string, work: Work<T>): Promise<T> {
  return mutateAs(actor, async (tx) => assertMayTrust(actor, await findWithRights(tx, actor, tokenId, true)), work);
}

/** For what somebody who may change the token's trusted pipelines does before. Throws as `mutatePipelines` does. */
export async function findTrustingToken(executor: Executor, actor: Actor, tokenId: string): Promise<TokenRights> {
  return assertMayTrust(actor, await findWithRights(executor, actor, tokenId));
}

/** For queries: throws `not_found` for actors who may not list the scope's tokens, except a token reading itself. */
export async function findVisibleToken(executor: Executor, actor: Actor, tokenId: string): Promise<TokenRights> {
  const found = await findWithRights(executor, actor, tokenId);
  if (!isOwn(actor, tokenId) && !found.permissions.has("access-tokens:read")) throw noToken();
  return found;
}

/** For commands that do something else before `mutateToken`, such as asking a provider. Throws `forbidden` too. */
export async function findManagedToken(executor: Executor, actor: Actor, tokenId: string): Promise<TokenRights> {
  return assertManages(actor, await findVisibleToken(executor, actor, tokenId));
}

/** The same for actors who may rotate the token's secret. */
export async function findRotatableToken(executor: Executor, actor: Actor, tokenId: string): Promise<TokenRights> {
  return assertRotates(actor, await findVisibleToken(executor, actor, tokenId));
}

async function findWithRights(executor: Executor, actor: Actor, tokenId: string, lock = false): Promise<TokenRights> {
  const name = `token_with_roles${lock ? "_locked" : ""}`;
  const query = prepared(executor, name, () => selectTokenWithRoles(executor, lock));
  const rows = await query.execute({ tokenId: givenId(tokenId), userId: actor.userId });
  if (!rows[0]) throw noToken();
  const { organization, group, actorsRole, now, ...token } = rows[0];
  const scope = token.groupId ? groupScope(token.groupId) : organizationScope(token.organizationId);
  const roles = rows.map(({ actorsRole: role }) => ({ organization, group, now, role }));
  const rights = rightsFrom(actor, scope, roles);
  if (!rights) throw noToken();
  return { ...rights, token, scope };
}

function assertManages(actor: Actor, found: TokenRights): TokenRights {
  if (found.permissions.has("access-tokens:manage")) return found;
  const refusal = forbidden();
  recordDeniedAttempt(actor, found.scope, "access-tokens:manage", refusal);
  throw refusal;
}

function assertRotates(actor: Actor, found: TokenRights): TokenRights {
  assertNoPipeline(actor);
  if (isOwn(actor, found.token.id) || found.permissions.has("access-tokens:rotate")) return found;
  const refusal = forbidden(actor.kind === "technical" ? "An access token rotates only its own secret." : undefined);
  recordDeniedAttempt(actor, found.scope, "access-tokens:rotate", refusal);
  throw refusal;
}

function assertMayTrust(actor: Actor, found: TokenRights): TokenRights {
  if (found.permissions.has("trusted-pipelines:manage")) return found;
  const refusal =
    actor.kind === "technical"
      ? new DomainError("people_only", "Trusted pipelines are added and removed by people, not by access tokens.")
      : forbidden();
  recordDeniedAttempt(actor, found.scope, "trusted-pipelines:manage", refusal);
  throw refusal;
}

/** Throws `forbidden` for a pipeline secret: it ends with its job, so it must not make one that lasts. */
export function assertNoPipeline(actor: Actor): void {
  if (actor.kind === "technical" && actor.isPipeline) {
    throw forbidden("A pipeline secret can't rotate its access token: only the token's own secret can.");
  }
}

function isOwn(actor: Actor, tokenId: string): boolean {
  return actor.kind === "technical" && actor.accessTokenId === tokenId;
}

/** The scope's token, within a transaction. Throws `not_found`. */
export async function findAccessToken(tx: Tx, scope: Scope, tokenId: string): Promise<AccessToken> {
  return one(await selectAccessTokens(tx).where(owned(scope, tokenId)));
}

/** The same, with a row lock until the transaction ends. */
export async function lockAccessToken(tx: Tx, scope: Scope, tokenId: string): Promise<AccessToken> {
  return one(await selectAccessTokens(tx).where(owned(scope, tokenId)).for("update", { of: accessTokens }));
}

/** The scope's tokens with these ids, locked in the order of their ids. Throws `not_found` if one is missing. */
export async function lockAccessTokens(tx: Tx, scope: Scope, tokenIds: readonly string[]): Promise<AccessToken[]> {
  const ids = [...new Set(tokenIds.map(givenId))];
  const tokens = await selectAccessTokens(tx)
    .where(and(eq(accessTokens.ownerId, ownerOf(scope)), inArray(accessTokens.id, ids)))
    .orderBy(accessTokens.id)
    .for("update", { of: accessTokens });
  if (tokens.length < ids.length) throw someNotFound();
  return tokens;
}

/** The same for a token of another scope, an unknown one and one that somebody has deleted. */
export function someNotFound(): DomainError {
  return notFound("At least one of these access tokens");
}

/** A group's deletion locks memberships before tokens, a token's deletion after it. This lock serializes the two. */
export async function lockGroupFirst(tx: Tx, scope: Scope): Promise<void> {
  if (scope.kind !== "group") return;
  await tx.select({ id: groups.id }).from(groups).where(eq(groups.id, scope.groupId)).for("key share");
}

export function owned(scope: Scope, tokenId: string): SQL | undefined {
  return and(eq(accessTokens.id, givenId(tokenId)), eq(accessTokens.ownerId, ownerOf(scope)));
}

function one([token]: AccessToken[]): AccessToken {
  if (!token) throw noToken();
  return token;
}

function noToken() {
  return notFound("This access token");
}

/** Throws `precondition_failed`. Call it only with a locked token. */
export function assertTokenRevision(token: AccessToken, expected: ExpectedRevisions): void {
  assertRevision("this access token", token, expected);
}

/** Locks the token that the command's actor may change, and throws `precondition_failed`. */
export async function lockUnchangedToken(
  tx: Tx,
  { scope, token }: TokenRights,
  expected: ExpectedRevisions,
): Promise<AccessToken> {
  const locked = await lockAccessToken(tx, scope, token.id);
  assertTokenRevision(locked, expected);
  return locked;
}

/** The same for a command that does not lock the token itself. */
export async function requireTokenRevision(
  tx: Tx,
  scope: Scope,
  tokenId: string,
  expected: ExpectedRevisions,
): Promise<void> {
  if (expected) assertTokenRevision(await lockAccessToken(tx, scope, tokenId), expected);
}
