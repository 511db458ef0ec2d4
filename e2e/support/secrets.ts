import { eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens, trustedPipelines } from "@/db/schema";
import type { TestToken } from "@/testing/access-tokens";
import { pipelineSecret, trustPipeline } from "@/testing/pipelines/pipelines";
import type { Tenant } from "@/testing/tenant";
import { newToken } from "./activity";

/** A token that trusts a pipeline, and a pipeline secret of it. */
export async function newTrusting(tenant: Tenant, name?: string) {
  const token = await newToken(tenant, name);
  const pipeline = await pipelineSecret(token, await trustPipeline(token));
  return { token, pipeline };
}

export async function stopTrusting({ id }: TestToken): Promise<void> {
  await db.delete(trustedPipelines).where(eq(trustedPipelines.accessTokenId, id));
}

/** Sets how long ago the token was last used, by its secret and by pipelines. */
export async function setLastUses({ id }: TestToken, bySecret: string | null, byPipelines: string): Promise<void> {
  const secret = bySecret === null ? null : sql`now() - ${bySecret}::interval`;
  const pipelines = sql`now() - ${byPipelines}::interval`;
  await db
    .update(accessTokens)
    .set({ lastUsedAt: pipelines, secretLastUsedAt: secret, pipelinesLastUsedAt: pipelines })
    .where(eq(accessTokens.id, id));
}
