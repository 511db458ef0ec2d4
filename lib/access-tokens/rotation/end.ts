import { eq, sql } from "drizzle-orm";
import { accessTokens } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { DomainError, type ExpectedRevisions } from "@/lib/errors";
import type { AccessToken } from "../access-token";
import { findAccessToken, lockUnchangedToken, mutateSecrets } from "../find";
import { retiredEvent } from "../secrets/retire";
import { endedByHand, readPending, setEnd } from "./secrets";

/** Ends the old secret now. Throws `conflict` if no rotation is pending, and `precondition_failed`. */
export function completeRotation(actor: Actor, tokenId: string, expected?: ExpectedRevisions): Promise<AccessToken> {
  return mutateSecrets(actor, tokenId, async (tx, access) => {
    const token = await lockUnchangedToken(tx, access, expected);
    const { old } = await readPending(tx, actor, token.id);
    const ended = await setEnd(tx, old, endedByHand);
    // The token's own row is as before, but not what it shows.
    const revision = sql`${accessTokens.revision} + 1`;
    await tx.update(accessTokens).set({ revision }).where(eq(accessTokens.id, token.id));
    return { result: await findAccessToken(tx, access.scope, token.id), event: retiredEvent(token, ended) };
  });
}

/**
 * Discards the new secret, so that the old one is the current one again, without an end of its own. Throws `conflict` if
 * no rotation is pending or the new secret was used, and `precondition_failed`.
 */
export function cancelRotation(actor: Actor, tokenId: string, expected?: ExpectedRevisions): Promise<AccessToken> {
  return mutateSecrets(actor, tokenId, async (tx, access) => {
    const token = await lockUnchangedToken(tx, access, expected);
    const { current, old } = await readPending(tx, actor, token.id);
    if (current.firstUsedAt) {
      throw new DomainError("conflict", "The new secret has been used already, so the old one can't be kept.");
    }
    // In this order: a token has one current secret.
    const discarded = await setEnd(tx, current, endedByHand);
    const kept = await setEnd(tx, old, { endsAt: null, endsBy: null, isRetired: false });
    await tx.update(accessTokens).set({ tokenSuffix: kept.suffix }).where(eq(accessTokens.id, token.id));
    return {
      result: await findAccessToken(tx, access.scope, token.id),
      event: {
        action: "access_token.rotation_cancelled",
        subject: token,
        detail: { token_suffix: kept.suffix, discarded_token_suffix: discarded.suffix },
      },
    };
  });
}
