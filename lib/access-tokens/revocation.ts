import { and, inArray, isNotNull, type SQL } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { accessTokenSecrets, runners } from "@/db/schema";
import { releaseRunners } from "@/lib/release-runners";

/** What a revocation and a reactivation set. */
export type RevocationTimes = { revokedAt: SQL } | { revokedAt: null; reactivatedAt: SQL };

/**
 * Ends what goes for good when these tokens are revoked: their runners are marked for removal, and secrets of pipelines
 * are deleted. Call it in the transaction of every revocation, and `wakeRunnerJobs` after it.
 */
export async function endWithRevocation(tx: Tx, tokenIds: string[]): Promise<void> {
  await releaseRunners(tx, inArray(runners.accessTokenId, tokenIds));
  const { accessTokenId, trustedPipelineId } = accessTokenSecrets;
  await tx.delete(accessTokenSecrets).where(and(inArray(accessTokenId, tokenIds), isNotNull(trustedPipelineId)));
}
