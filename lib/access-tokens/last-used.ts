import { and, inArray, isNull, lt, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import { everySecond } from "@/lib/process/every-second";

const exactTo = 5 * 60_000;

const used = new Set<string>();

everySecond("recording the last use of access tokens", flushLastUsed);

/** Notes a token's use, which the background writes at most once per token and five minutes. */
export function recordUse(token: { id: string; lastUsedAt: Date | null }): void {
  if (token.lastUsedAt && Date.now() - token.lastUsedAt.getTime() < exactTo) return;
  used.add(token.id);
}

/** Writes the noted uses. If that fails, they are written the next time. */
export async function flushLastUsed(): Promise<void> {
  const ids = [...used].sort();
  used.clear();
  if (ids.length === 0) return;
  try {
    await write(ids);
  } catch (error) {
    for (const id of ids) used.add(id);
    throw error;
  }
}

/** One statement for all tokens. */
async function write(ids: string[]): Promise<void> {
  // Locked in a fixed order and with skipped locks, so that two instances don't deadlock.
  const due = db
    .select({ id: accessTokens.id })
    .from(accessTokens)
    .where(
      and(
        // One array parameter: thousands would block the event loop, and PostgreSQL allows at most 65,535.
        sql`${accessTokens.id} = any(${sql.param(ids)})`,
        or(isNull(accessTokens.lastUsedAt), lt(accessTokens.lastUsedAt, sql`now() - interval '5 minutes'`)),
      ),
    )
    .for("update", { skipLocked: true });
  await db.update(accessTokens).set({ lastUsedAt: sql`now()` }).where(inArray(accessTokens.id, due));
}
