import { desc, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { refusedExchanges } from "@/db/schema";
import { getAccessToken } from "@/lib/access-tokens/queries";
import type { Actor } from "@/lib/auth/actor";
import { selectPipelines, type TrustedPipeline } from "./trusted-pipeline";

/** All of the token's. Throws `not_found` if the actor may not see the token; a token may read its own. */
export async function listTrustedPipelines(actor: Actor, tokenId: string): Promise<TrustedPipeline[]> {
  const { id } = await getAccessToken(actor, tokenId);
  return selectPipelines(db, id);
}

export type RefusedExchange = Awaited<ReturnType<typeof listRefusedExchanges>>[number];

const mostRefusals = 20;

/** The last exchanges that named the token and were refused, newest first. */
export async function listRefusedExchanges(actor: Actor, tokenId: string) {
  const { id: accessTokenId } = await getAccessToken(actor, tokenId);
  const { id, occurredAt, job, reason, differences, allows } = refusedExchanges;
  return db
    .select({ id, occurredAt, job, reason, differences, allows })
    .from(refusedExchanges)
    .where(eq(refusedExchanges.accessTokenId, accessTokenId))
    .orderBy(desc(occurredAt), desc(id))
    .limit(mostRefusals);
}
