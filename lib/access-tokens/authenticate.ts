import { and, eq, isNull, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { bytesOf } from "@/db/pool/text-query";
import { accessTokenSecrets, accessTokens } from "@/db/schema";
import { recordRefusal } from "@/lib/audit/refusals";
import { countOne, createLocalLimiter } from "@/lib/limits/rate-limit";
import { networkOf } from "@/lib/network/ip-address";
import { recordNotifications } from "@/lib/notifications/record";
import { requestContext } from "@/lib/request-context";
import { selectAccessTokens } from "./access-token";
import { type Authenticated, findByHash, isGood } from "./find-by-secret";
import { isWellFormedSecret, writtenHash } from "./secret";
import { recordFirstUse } from "./secrets/first-use";
import { recordUse } from "./uses/record";

/** Refused secrets that are looked up, per network: more of them cost no further queries. */
const lookups = createLocalLimiter({ points: 5, duration: 1 });

/**
 * Records the use of a retired secret, or of a revoked or expired token, in its owner's log. A deleted token has left no
 * trace to record.
 */
async function recordRefusedSecret(hash: string): Promise<void> {
  const { isOver } = await countOne(lookups, networkOf(requestContext()?.address));
  if (isOver) return;
  recordRefusal("access_token.refused", hash, () => findRefused(hash));
}

async function findRefused(hash: string) {
  const { suffix, endsAt, trustedPipelineId } = accessTokenSecrets;
  const [found] = await db
    .select({ tokenId: accessTokenSecrets.accessTokenId, suffix, endsAt, hasEnded: sql<boolean>`not (${isGood})` })
    .from(accessTokenSecrets)
    // Pipeline secrets end all the time, and jobs that outlive theirs are no attack.
    .where(and(eq(accessTokenSecrets.hash, bytesOf(hash)), isNull(trustedPipelineId)));
  if (!found) return [];
  const [token] = await selectAccessTokens(db).where(eq(accessTokens.id, found.tokenId));
  if (!token || (token.status === "active" && !found.hasEnded)) return [];
  const { id, name, status, technicalUser, organizationId, groupId } = token;
  const owner = { organizationId, groupId };
  const retired = {
    action: "access_token.retired_secret_used" as const,
    detail: { token_suffix: found.suffix, ended_at: found.endsAt?.toISOString() ?? "" },
    // Once a day for each secret, whatever the number of networks.
    alsoRecord: (tx: Tx) =>
      recordNotifications(tx, owner, [
        {
          type: "access_token.retired_secret_used",
          token,
          key: `retired secret ${id} ${found.endsAt?.toISOString()} ${new Date().toISOString().slice(0, 10)}`,
        },
      ]),
  };
  return [
    {
      actor: {
        kind: "technical" as const,
        userId: technicalUser.id,
        name: technicalUser.username,
        accessTokenId: id,
      },
      owner,
      subject: { id, name },
      ...(found.hasEnded ? retired : { detail: { status } }),
    },
  ];
}

/**
 * The technical user behind a secret, and its token. Undefined for an unknown, revoked, expired or deleted one alike.
 * One query, or a share of one; none if the checksum is wrong. A refusal is looked up in the background to record it.
 */
export async function authenticateAccessToken(secret: string): Promise<Authenticated | undefined> {
  return isWellFormedSecret(secret) ? authenticateHashedSecret(writtenHash(secret)) : undefined;
}

/**
 * The same for the written hash of a well-formed secret. The first use of a secret that a rotation made needs more
 * queries.
 */
export async function authenticateHashedSecret(hash: string): Promise<Authenticated | undefined> {
  let found = await findByHash(hash);
  if (found?.awaitsFirstUse) {
    await recordFirstUse(found.authenticated, hash);
    // The record moves the old secret's end, and may have waited for a command that discarded the new one.
    found = await findByHash(hash);
  }
  if (!found) {
    void recordRefusedSecret(hash);
    return undefined;
  }
  const { token, authenticatedBy } = found.authenticated;
  // A single secret's last use is the token's: a second write would cost as much as the first.
  const own = token.retiringSecret ? { secret: hash } : undefined;
  recordUse(token.id, authenticatedBy.kind === "pipeline" ? "pipeline" : own);
  return found.authenticated;
}
