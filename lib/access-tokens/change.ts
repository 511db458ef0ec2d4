import { and, eq, gt, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { accessTokens, memberships } from "@/db/schema";
import type { AuditAction } from "@/lib/audit/actions";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { DomainError, type ExpectedRevisions, forbidden } from "@/lib/errors";
import type { Outcome } from "@/lib/mutate";
import { releaseAccesses, wakeRunnerJobs } from "@/lib/release-runners";
import type { AccessToken } from "./access-token";
import {
  assertTokenRevision,
  findAccessToken,
  lockAccessToken,
  lockGroupFirst,
  mutateToken,
  owned,
  requireTokenRevision,
} from "./find";
import { endWithRevocation, type RevocationTimes } from "./revocation";

/** Disables the token until it is reactivated, and marks its runners for removal. Does nothing if revoked. */
export async function revokeAccessToken(
  actor: Actor,
  tokenId: string,
  expected?: ExpectedRevisions,
): Promise<AccessToken> {
  const token = await mutateToken(actor, tokenId, async (tx, { scope }) => {
    await requireTokenRevision(tx, scope, tokenId, expected);
    const outcome = await setRevoked(tx, scope, tokenId, {
      values: { revokedAt: sql`now()` },
      where: isNull(accessTokens.revokedAt),
      action: "access_token.revoked",
    });
    await endWithRevocation(tx, [outcome.result.id]);
    return outcome;
  });
  wakeRunnerJobs();
  return token;
}

/** Undoes a revocation. Throws `conflict` if the token has expired or leaked, `forbidden` for the token itself. */
export function reactivateAccessToken(
  actor: Actor,
  tokenId: string,
  expected?: ExpectedRevisions,
): Promise<AccessToken> {
  return mutateToken(actor, tokenId, async (tx, { scope }) => {
    if (actor.kind === "technical" && actor.accessTokenId === tokenId) {
      throw forbidden("An access token can't reactivate itself.");
    }
    await requireTokenRevision(tx, scope, tokenId, expected);
    const outcome = await setRevoked(tx, scope, tokenId, {
      values: { revokedAt: null, reactivatedAt: sql`now()` },
      where: and(
        isNotNull(accessTokens.revokedAt),
        isNull(accessTokens.leakedAt),
        gt(accessTokens.expiresAt, sql`statement_timestamp()`),
      ),
      action: "access_token.reactivated",
    });
    if (outcome.result.status === "expired") {
      throw new DomainError("conflict", "This access token has expired and can't be reactivated. Create a new one.");
    }
    if (outcome.result.leakedAt) {
      throw new DomainError(
        "conflict",
        "The secret of this access token was reported as leaked, so it can't be reactivated. Rotate it, which makes it active again, or delete it.",
      );
    }
    return outcome;
  });
}

/**
 * Deletes the token, its secret and its settings. Credentials still needed to unregister runners are deleted after
 * that. The technical user's name stays for the audit log.
 */
export async function deleteAccessToken(actor: Actor, tokenId: string, expected?: ExpectedRevisions): Promise<void> {
  await mutateToken(actor, tokenId, async (tx, { scope }) => {
    await lockGroupFirst(tx, scope);
    const token = await lockAccessToken(tx, scope, tokenId);
    assertTokenRevision(token, expected);
    await releaseAccesses(tx, [token.id]);
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
  wakeRunnerJobs();
}

type Change = { values: RevocationTimes; where: SQL | undefined; action: AuditAction };

async function setRevoked(
  tx: Tx,
  scope: Scope,
  tokenId: string,
  { values, where, action }: Change,
): Promise<Outcome<AccessToken>> {
  const changed = await tx
    .update(accessTokens)
    .set(values)
    .where(and(owned(scope, tokenId), where))
    .returning({ id: accessTokens.id });
  const token = await findAccessToken(tx, scope, tokenId);
  return { result: token, event: changed.length > 0 ? { action, subject: token } : undefined };
}
