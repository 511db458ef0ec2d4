import { and, inArray, isNotNull, lte, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokenSecrets, refusedExchanges, spentIdTokens } from "@/db/schema";

/** Days for which a refused exchange is shown. */
const keptDays = 90;

/** Deletes at most `limit` pipeline secrets that have ended. True if there may be more. */
export async function forgetPipelineSecrets(limit = 10_000): Promise<boolean> {
  const { hash, trustedPipelineId, endsAt } = accessTokenSecrets;
  const ended = db
    .select({ hash })
    .from(accessTokenSecrets)
    .where(and(isNotNull(trustedPipelineId), lte(endsAt, sql`now()`)))
    .limit(limit)
    .for("update", { skipLocked: true });
  const { rowCount } = await db.delete(accessTokenSecrets).where(inArray(hash, ended));
  return (rowCount ?? 0) >= limit;
}

/** The same for ID tokens that may be exchanged once: after their end they are refused anyway. */
export async function forgetSpentIdTokens(limit = 10_000): Promise<boolean> {
  const { hash, endsAt } = spentIdTokens;
  const ended = db
    .select({ hash })
    .from(spentIdTokens)
    .where(lte(endsAt, sql`now()`))
    .limit(limit)
    .for("update", { skipLocked: true });
  const { rowCount } = await db.delete(spentIdTokens).where(inArray(hash, ended));
  return (rowCount ?? 0) >= limit;
}

/** The same for refused exchanges, which nobody acts on after months. */
export async function forgetRefusedExchanges(limit = 10_000): Promise<boolean> {
  const { id, occurredAt } = refusedExchanges;
  const old = db
    .select({ id })
    .from(refusedExchanges)
    .where(lte(occurredAt, sql`now() - make_interval(days => ${keptDays})`))
    .limit(limit)
    .for("update", { skipLocked: true });
  const { rowCount } = await db.delete(refusedExchanges).where(inArray(id, old));
  return (rowCount ?? 0) >= limit;
}
