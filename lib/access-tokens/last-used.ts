import { and, inArray, isNull, lt, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import { withoutDatabaseDeadline } from "@/lib/database-deadline";
import { log } from "@/lib/log";

const exactTo = 5 * 60_000;
const flushAfter = 1000;

const used = new Set<string>();
let timer: NodeJS.Timeout | undefined;
/** The latest write, which may still be running. */
let writing = Promise.resolve();

/** Notes a token's use, which the background writes at most once per token and five minutes. */
export function recordUse(token: { id: string; lastUsedAt: Date | null }): void {
  if (token.lastUsedAt && Date.now() - token.lastUsedAt.getTime() < exactTo) return;
  used.add(token.id);
  timer ??= setTimeout(() => withoutDatabaseDeadline(flushInBackground), flushAfter).unref();
}

/** Writes the noted uses after the write in progress. Also called at shutdown. */
export function flushLastUsed(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  // The caller that began the earlier write handles its failure.
  writing = writing.catch(() => {}).then(writeNoted);
  return writing;
}

/** One statement for all tokens. */
async function writeNoted(): Promise<void> {
  const ids = [...used].sort();
  used.clear();
  if (ids.length === 0) return;
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

function flushInBackground(): void {
  flushLastUsed().catch((error) => log.warn({ err: error }, "the last use of access tokens could not be recorded"));
}
