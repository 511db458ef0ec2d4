import { and, inArray, isNull, lt, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import { withoutDatabaseDeadline } from "@/lib/database-deadline";
import { log } from "@/lib/log";

const exactTo = 5 * 60_000;
const flushAfter = 1000;

const used = new Set<string>();
let timer: NodeJS.Timeout | undefined;
/** The latest write, which may be under way. */
let writing = Promise.resolve();

/** Notes that a token was used; it is written in the background, at most once per token and five minutes. */
export function recordUse(token: { id: string; lastUsedAt: Date | null }): void {
  if (token.lastUsedAt && Date.now() - token.lastUsedAt.getTime() < exactTo) return;
  used.add(token.id);
  timer ??= setTimeout(() => withoutDatabaseDeadline(flushInBackground), flushAfter).unref();
}

/** Writes what is noted, and is done once the write that was under way is as well. Called at shutdown too. */
export function flushLastUsed(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  // Who began that write is told of its failure.
  writing = writing.catch(() => {}).then(writeNoted);
  return writing;
}

/** For all tokens in one statement. */
async function writeNoted(): Promise<void> {
  const ids = [...used].sort();
  used.clear();
  if (ids.length === 0) return;
  // Locked in one order and without waiting, so that two instances never stop each other.
  const due = db
    .select({ id: accessTokens.id })
    .from(accessTokens)
    .where(
      and(
        // One parameter for all: thousands would hold up the event loop, and 65,536 are more than PostgreSQL takes.
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
