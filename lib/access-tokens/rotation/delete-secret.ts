import { eq } from "drizzle-orm";
import { accessTokens, trustedPipelines } from "@/db/schema";
import type { AuditEvent } from "@/lib/audit/record";
import type { Actor } from "@/lib/auth/actor";
import { DomainError, type ExpectedRevisions, forbidden } from "@/lib/errors";
import type { AccessToken } from "../access-token";
import { findAccessToken, lockUnchangedToken, mutateSecrets } from "../find";
import { retiredEvent } from "../secrets/retire";
import { endedByHand, endedByNow, lastUseOfSingle, readSecrets, setEnd } from "./secrets";

/**
 * Ends the token's secret now, and a retiring one with it, so that only its trusted pipelines can use it. A rotation makes
 * a secret again. Throws `conflict` if there is no secret or no trusted pipeline, `precondition_failed`, and `forbidden`
 * for the token itself.
 */
export function deleteSecret(actor: Actor, tokenId: string, expected?: ExpectedRevisions): Promise<AccessToken> {
  return mutateSecrets(actor, tokenId, async (tx, access) => {
    if (actor.kind === "technical") throw forbidden("An access token can't delete its own secret: a person can.");
    const token = await lockUnchangedToken(tx, access, expected);
    const { current, previous } = await readSecrets(tx, actor, token.id);
    if (!current) throw new DomainError("conflict", "This access token has no secret: it was deleted already.");
    if ((await tx.$count(trustedPipelines, eq(trustedPipelines.accessTokenId, token.id))) === 0) {
      throw new DomainError(
        "conflict",
        "This access token has no trusted pipeline, so without its secret nothing could use it. Revoke or delete the token instead.",
      );
    }
    const events: AuditEvent[] = [];
    if (previous) events.push(retiredEvent(token, await setEnd(tx, previous, endedByNow(previous))));
    const { suffix } = await setEnd(tx, current, { ...endedByHand, lastUsedAt: lastUseOfSingle });
    await tx.update(accessTokens).set({ tokenSuffix: null }).where(eq(accessTokens.id, token.id));
    events.push({ action: "access_token.secret_deleted", subject: token, detail: { token_suffix: suffix } });
    return { result: await findAccessToken(tx, access.scope, token.id), event: events };
  });
}
