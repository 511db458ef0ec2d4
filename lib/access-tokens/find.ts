import { createHash } from "node:crypto";
import { and, eq, inArray, type SQL } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { givenId } from "@/db/ids";
import { accessTokens, groups } from "@/db/schema";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { DomainError, notFound } from "@/lib/errors";
import { type AccessToken, selectAccessTokens } from "./access-token";

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
export async function keepGroup(tx: Tx, scope: Scope): Promise<void> {
  if (scope.kind !== "group") return;
  await tx.select({ id: groups.id }).from(groups).where(eq(groups.id, scope.groupId)).for("key share");
}

export function owned(scope: Scope, tokenId: string): SQL | undefined {
  return and(eq(accessTokens.id, givenId(tokenId)), eq(accessTokens.ownerId, ownerOf(scope)));
}

function one([token]: AccessToken[]): AccessToken {
  if (!token) throw notFound("This access token");
  return token;
}

/** Versions that the token may have for a change to proceed; undefined for any version. */
export type ExpectedVersions = readonly string[] | undefined;

/** Changes with each field that a command can change. The last use is not one of them. */
export function versionOf({ id, name, description, role, expiresAt, revokedAt }: AccessToken): string {
  const state = JSON.stringify([id, name, description, role, expiresAt, revokedAt]);
  return createHash("sha256").update(state).digest("base64url").slice(0, 22);
}

/** Throws `precondition_failed`. Call it only with a locked token. */
export function assertVersion(token: AccessToken, expected: ExpectedVersions): void {
  if (!expected || expected.includes(versionOf(token))) return;
  const message = "Someone has changed this access token meanwhile. Read it again and decide anew.";
  throw new DomainError("precondition_failed", message);
}

/** The same for a command that does not lock the token itself. */
export async function requireVersion(tx: Tx, scope: Scope, tokenId: string, expected: ExpectedVersions): Promise<void> {
  if (expected) assertVersion(await lockAccessToken(tx, scope, tokenId), expected);
}
