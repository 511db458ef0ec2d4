import { and, eq } from "drizzle-orm";
import { givenId } from "@/db/ids";
import { trustedPipelines } from "@/db/schema";
import { lockAccessToken, mutatePipelines } from "@/lib/access-tokens/find";
import type { Actor } from "@/lib/auth/actor";
import { notFound } from "@/lib/errors";
import { pipelineDetail, selectPipelines } from "./trusted-pipeline";

/** Removes it, and with it the secrets that were exchanged by it. Throws `people_only` and `not_found`. */
export async function removeTrustedPipeline(actor: Actor, tokenId: string, pipelineId: string): Promise<void> {
  await mutatePipelines(actor, tokenId, async (tx, { scope }) => {
    const subject = await lockAccessToken(tx, scope, tokenId);
    const id = givenId(pipelineId);
    const found = (await selectPipelines(tx, tokenId)).find((one) => one.id === id);
    if (!found) throw notFound("This trusted pipeline");
    await tx
      .delete(trustedPipelines)
      .where(and(eq(trustedPipelines.id, id), eq(trustedPipelines.accessTokenId, tokenId)));
    const event = { action: "trusted_pipeline.removed" as const, subject, detail: pipelineDetail(found) };
    return { result: undefined, event };
  });
}
