import { and, inArray, isNotNull } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { accessTokenSecrets } from "@/db/schema";

/**
 * Ends the pipeline secrets of tokens that are revoked, for good: a reactivation brings none of them back. Call it after
 * the tokens were locked, so that no exchange adds one meanwhile.
 */
export async function endPipelineSecrets(tx: Tx, tokenIds: readonly string[]): Promise<void> {
  const { accessTokenId, trustedPipelineId } = accessTokenSecrets;
  await tx.delete(accessTokenSecrets).where(and(inArray(accessTokenId, [...tokenIds]), isNotNull(trustedPipelineId)));
}
