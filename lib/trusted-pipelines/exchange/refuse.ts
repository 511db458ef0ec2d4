import { and, desc, eq, inArray, notInArray } from "drizzle-orm";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { refusedExchanges, type StoredDifference, type StoredJob } from "@/db/schema";
import { recordRefusal } from "@/lib/audit/refusals";
import { log } from "@/lib/log";
import type { allowing } from "./claims";
import { type NamedToken, technicalUserOf } from "./issue";

/** Why an exchange was refused. `job` is what the ID token says of itself, where its signature and its issuer fit. */
export type Refusal = {
  reason?: string;
  differences?: StoredDifference[];
  job?: StoredJob;
  allows?: ReturnType<typeof allowing>;
};

const mostKept = 20;

/** Keeps the refusal for the token's page, and records it in the log. A failure does not change the answer. */
export async function recordRefusedExchange(token: NamedToken, refusal: Refusal): Promise<void> {
  const { reason = null, differences = [], job = null, allows = null } = refusal;
  // What is not verified can be made to differ each time.
  const what = job ? (reason ?? differences[0]?.claim) : "unattributed";
  recordRefusal("trusted_pipeline.refused", `${token.id} ${what}`, async () => [
    { actor: technicalUserOf(token), owner: token, subject: token, detail: detailOf(refusal) },
  ]);
  try {
    const { id: accessTokenId, organizationId } = token;
    await db
      .insert(refusedExchanges)
      .values({ id: newId("rex"), organizationId, accessTokenId, reason, differences, job, allows });
    // A statement of its own, which sees those that were inserted at the same time.
    await forgetEarlier(accessTokenId);
  } catch (error) {
    log.warn({ err: error, accessTokenId: token.id }, "a refused exchange could not be recorded");
  }
}

function detailOf({ reason, differences = [], job }: Refusal): Record<string, string> {
  return {
    ...(job && { project: job.project, ref: job.ref, ...(job.job !== undefined && { job: job.job }) }),
    ...(reason !== undefined && { reason }),
    ...(differences.length > 0 && { claims: differences.map(({ claim }) => claim).join(", ") }),
  };
}

async function forgetEarlier(tokenId: string): Promise<void> {
  const { id, accessTokenId, occurredAt } = refusedExchanges;
  const ofToken = eq(accessTokenId, tokenId);
  const kept = db
    .select({ id })
    .from(refusedExchanges)
    .where(ofToken)
    .orderBy(desc(occurredAt), desc(id))
    .limit(mostKept);
  const earlier = db
    .select({ id })
    .from(refusedExchanges)
    .where(and(ofToken, notInArray(id, kept)))
    .for("update", { skipLocked: true });
  await db.delete(refusedExchanges).where(inArray(id, earlier));
}
