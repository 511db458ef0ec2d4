import { and, asc, eq, lt, lte, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { runners, versionControlAccesses } from "@/db/schema";
import { unseal } from "@/lib/crypto/seal";
import { DomainError } from "@/lib/errors";
import { log } from "@/lib/log";
import { runnerTokenPlace } from "@/lib/sessions/runner-token-place";
import { unregisterRunner } from "./provider-check";
import { dropIdleAccesses, wakeRunnerJobs } from "./release";
import { unsealAccess } from "./unseal-access";

const batch = 20;
/** Longer than a provider may take: who claimed a runner and died has given it up by then. */
const lease = sql`interval '2 minutes'`;
const firstPause = 5;
const longestPause = 3600;

/**
 * Unregisters every runner that is due: one that was let go, and one whose registration was never recorded, because the
 * process that asked for it died. Any number of instances may do so at once. Answers how many are gone.
 */
export async function unregisterDueRunners(): Promise<number> {
  let gone = 0;
  for (;;) {
    const claimed = await claim();
    for (const id of claimed) if (await unregister(id)) gone++;
    if (claimed.length < batch) return gone;
  }
}

async function claim(): Promise<string[]> {
  const due = db
    .select({ id: runners.id })
    .from(runners)
    .where(
      and(
        lte(runners.nextAttemptAt, sql`now()`),
        or(
          eq(runners.state, "unregistering"),
          and(eq(runners.state, "registering"), lt(runners.createdAt, sql`now() - ${lease}`)),
        ),
      ),
    )
    .orderBy(asc(runners.nextAttemptAt))
    .limit(batch)
    .for("update", { skipLocked: true });
  const claimed = await db
    .update(runners)
    .set({ state: "unregistering", nextAttemptAt: sql`now() + ${lease}` })
    .where(sql`${runners.id} in ${due}`)
    .returning({ id: runners.id });
  return claimed.map(({ id }) => id);
}

async function unregister(id: string): Promise<boolean> {
  const [found] = await db
    .select({ runner: runners, access: versionControlAccesses })
    .from(runners)
    .innerJoin(versionControlAccesses, eq(versionControlAccesses.id, runners.accessId))
    .where(eq(runners.id, id));
  if (!found) return false;
  try {
    const { remoteId, sealedRunnerToken } = found.runner;
    const runnerToken = sealedRunnerToken
      ? await unseal(db, runnerTokenPlace(found.runner), sealedRunnerToken)
      : undefined;
    await unregisterRunner(await unsealAccess(db, found.access), { remoteId, description: id, runnerToken });
  } catch (error) {
    await postpone(id, found.runner.attempts, error);
    return false;
  }
  await forget(id, found.access.id);
  return true;
}

/** The row goes, and with the last one of an access that was removed its credential. */
async function forget(runnerId: string, accessId: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.delete(runners).where(eq(runners.id, runnerId));
    await dropIdleAccesses(tx, eq(versionControlAccesses.id, accessId));
  });
}

/** Tries again after a pause that doubles up to an hour, for as long as it takes. */
async function postpone(id: string, attempts: number, error: unknown): Promise<void> {
  const isExpected = error instanceof DomainError;
  if (!isExpected) log.error({ err: error, runnerId: id }, "a runner could not be unregistered");
  const doubled = Math.min(longestPause, firstPause * 2 ** Math.min(attempts, 20));
  const pause = Math.max(doubled, (isExpected && error.retryAfter) || 0);
  await db
    .update(runners)
    .set({
      attempts: attempts + 1,
      lastError: isExpected ? error.message : "Something went wrong on our side.",
      nextAttemptAt: sql`now() + make_interval(secs => ${pause})`,
    })
    .where(eq(runners.id, id));
  wakeRunnerJobs(pause);
}
