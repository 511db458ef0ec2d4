import { and, eq, gt, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { givenId } from "@/db/ids";
import { accessTokens, memberships } from "@/db/schema";
import type { AuditAction } from "@/lib/audit/record";
import type { Actor } from "@/lib/auth/actor";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { DomainError, forbidden, notFound } from "@/lib/errors";
import { mutate, type Outcome } from "@/lib/mutate";
import { type AccessToken, selectAccessTokens } from "./access-token";

/** Disables the token for the time being. Revoking what is revoked changes nothing. */
export function revokeAccessToken(actor: Actor, scope: Scope, tokenId: string): Promise<AccessToken> {
  return mutate(actor, scope, "access-tokens:manage", (tx) =>
    setRevoked(tx, scope, tokenId, {
      revokedAt: sql`now()`,
      where: isNull(accessTokens.revokedAt),
      action: "access_token.revoked",
    }),
  );
}

/** Undoes a revocation. Throws `conflict` where the token has expired, `forbidden` for the token itself. */
export function reactivateAccessToken(actor: Actor, scope: Scope, tokenId: string): Promise<AccessToken> {
  return mutate(actor, scope, "access-tokens:manage", async (tx) => {
    if (actor.kind === "technical" && actor.accessTokenId === tokenId) {
      throw forbidden("An access token can't reactivate itself.");
    }
    const outcome = await setRevoked(tx, scope, tokenId, {
      revokedAt: null,
      where: and(isNotNull(accessTokens.revokedAt), gt(accessTokens.expiresAt, sql`statement_timestamp()`)),
      action: "access_token.reactivated",
    });
    if (outcome.result.status === "expired") {
      throw new DomainError("conflict", "This access token has expired and can't be reactivated. Create a new one.");
    }
    return outcome;
  });
}

/** Removes the token and its secret for good. The technical user's name stays for the audit log. */
export function deleteAccessToken(actor: Actor, scope: Scope, tokenId: string): Promise<void> {
  return mutate(actor, scope, "access-tokens:manage", async (tx) => {
    const token = await find(tx, scope, tokenId, true);
    await tx.delete(accessTokens).where(eq(accessTokens.id, token.id));
    await tx.delete(memberships).where(eq(memberships.userId, token.technicalUser.id));
    return {
      result: undefined,
      event: {
        action: "access_token.deleted",
        subject: token,
        detail: { role: token.role, technical_user: token.technicalUser.username },
      },
    };
  });
}

type Change = { revokedAt: SQL | null; where: SQL | undefined; action: AuditAction };

async function setRevoked(
  tx: Tx,
  scope: Scope,
  tokenId: string,
  { revokedAt, where, action }: Change,
): Promise<Outcome<AccessToken>> {
  const changed = await tx
    .update(accessTokens)
    .set({ revokedAt })
    .where(and(owned(scope, tokenId), where))
    .returning({ id: accessTokens.id });
  const token = await find(tx, scope, tokenId);
  return { result: token, event: changed.length > 0 ? { action, subject: token } : undefined };
}

/** `lock` lets no one else change or delete the token until the transaction ends. */
async function find(tx: Tx, scope: Scope, tokenId: string, lock = false): Promise<AccessToken> {
  const query = selectAccessTokens(tx).where(owned(scope, tokenId));
  const [token] = await (lock ? query.for("update", { of: accessTokens }) : query);
  if (!token) throw notFound("This access token");
  return token;
}

function owned(scope: Scope, tokenId: string): SQL | undefined {
  return and(eq(accessTokens.id, givenId(tokenId)), eq(accessTokens.ownerId, ownerOf(scope)));
}
