import { and, eq, type SQL } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { givenId } from "@/db/ids";
import { accessTokens } from "@/db/schema";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { assertRevision, type ExpectedRevisions, notFound } from "@/lib/errors";
import { type AccessToken, selectAccessTokens } from "./access-token";

/** The scope's token, within a transaction. Throws `not_found`. */
export async function findAccessToken(tx: Tx, scope: Scope, tokenId: string): Promise<AccessToken> {
  return one(await selectAccessTokens(tx).where(owned(scope, tokenId)));
}

/** The same, with a row lock until the transaction ends. */
export async function lockAccessToken(tx: Tx, scope: Scope, tokenId: string): Promise<AccessToken> {
  return one(await selectAccessTokens(tx).where(owned(scope, tokenId)).for("update", { of: accessTokens }));
}

export function owned(scope: Scope, tokenId: string): SQL | undefined {
  return and(eq(accessTokens.id, givenId(tokenId)), eq(accessTokens.ownerId, ownerOf(scope)));
}

function one([token]: AccessToken[]): AccessToken {
  if (!token) throw notFound("This access token");
  return token;
}

/** Throws `precondition_failed`. Call it only with a locked token. */
export function assertTokenRevision(token: AccessToken, expected: ExpectedRevisions): void {
  assertRevision("this access token", token, expected);
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
