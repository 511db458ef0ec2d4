import { setTimeout } from "node:timers/promises";
import { and, asc, eq, lt, lte, notInArray, or, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { runners, versionControlAccesses } from "@/db/schema";
import { openSealed } from "@/lib/audit/open-sealed";
import { SealError } from "@/lib/crypto/aes-gcm";
import { DomainError } from "@/lib/errors";
import { log } from "@/lib/log";
import { forgetRunner, runnerTokenSealedAt, wakeRunnerJobs } from "@/lib/release-runners";
import { unregisterRunner } from "@/lib/version-control/providers/provider-check";
import { unsealAccess } from "@/lib/version-control/unseal-access";

const mostAtOnce = 5;
/** Milliseconds after which new work is looked for, even while other work is running. */
const longestWait = 1000;
/** Longer than one runner takes, even with a search through fifty pages. A claim older than this is abandoned. */
const lease = sql`interval '10 minutes'`;
/** Longer than a registration takes. One that is not recorded by then is abandoned. */
const registration = sql`interval '2 minutes'`;
const firstPause = 5;
const longestPause = 3600;
const pauseBetweenLooks = sql`interval '5 minutes'`;

/**
 * Whether "not found" is final. A provider may create a runner after our timeout, and a VM can start one while GitHub's
 * registration token is valid; until then a runner without a remote id may still appear.
 */
const isFinal = sql<boolean>`${runners.remoteId} is not null or now() >
  greatest(${runners.createdAt} + interval '10 minutes', ${runners.expiresAt} + interval '5 minutes')`;

/**
 * Unregisters every due runner: those marked for removal, and those whose registration was never recorded because the
 * process died. Several accesses in parallel, so that a slow provider delays only its own, and one runner per access.
 * Safe to run on several instances. Returns how many are gone.
 */
export async function unregisterDueRunners(): Promise<number> {
  const atWork = new Map<string, Promise<void>>();
  let gone = 0;
  for (;;) {
    // Taken before the claim: work that ends during the claim frees an access that the claim has excluded.
    const [busy, working] = [[...atWork.keys()], [...atWork.values()]];
    const claimed = busy.length < mostAtOnce ? await claim(busy) : undefined;
    if (claimed) {
      const work = unregister(claimed.id)
        .then((isGone) => {
          gone += isGone ? 1 : 0;
        })
        .catch((err) =>
          log.error(
            { err, runnerId: claimed.id },
            "a runner's unregistration failed; it is retried once its lease expires",
          ),
        )
        .finally(() => atWork.delete(claimed.accessId));
      atWork.set(claimed.accessId, work);
    } else if (busy.length > 0) await Promise.race([...working, setTimeout(longestWait)]);
    else return gone;
  }
}

/** Claims the runner that has been due longest, of an access that is not busy. */
async function claim(busyAccesses: string[]): Promise<{ id: string; accessId: string } | undefined> {
  const due = db
    .select({ id: runners.id })
    .from(runners)
    .where(
      and(
        lte(runners.nextAttemptAt, sql`now()`),
        or(
          eq(runners.state, "unregistering"),
          and(eq(runners.state, "registering"), lt(runners.createdAt, sql`now() - ${registration}`)),
        ),
        notInArray(runners.accessId, busyAccesses),
      ),
    )
    .orderBy(asc(runners.nextAttemptAt))
    .limit(1)
    .for("update", { skipLocked: true });
  const [claimed] = await db
    .update(runners)
    .set({ state: "unregistering", nextAttemptAt: sql`now() + ${lease}` })
    .where(sql`${runners.id} = ${due}`)
    .returning({ id: runners.id, accessId: runners.accessId });
  return claimed;
}

async function unregister(id: string): Promise<boolean> {
  const [found] = await db
    .select({ runner: runners, access: versionControlAccesses, isFinal })
    .from(runners)
    .innerJoin(versionControlAccesses, eq(versionControlAccesses.id, runners.accessId))
    .where(eq(runners.id, id));
  if (!found) return false;
  let wasThere: boolean;
  try {
    const { remoteId, sealedRunnerToken } = found.runner;
    const runnerToken = sealedRunnerToken
      ? await openSealed(db, runnerTokenSealedAt(found.runner), sealedRunnerToken)
      : undefined;
    const access = await unsealAccess(db, found.access);
    wasThere = await unregisterRunner(access, { remoteId, description: id, runnerToken });
  } catch (error) {
    await postpone(id, found.runner.attempts, error);
    return false;
  }
  const isGone = wasThere || found.isFinal;
  await (isGone ? forgetRunner(found.runner) : lookAgain(id));
  return isGone;
}

async function lookAgain(id: string): Promise<void> {
  const lastError = "The runner was not found at the provider, where it may still start.";
  const nextAttemptAt = sql`now() + ${pauseBetweenLooks}`;
  await db.update(runners).set({ lastError, nextAttemptAt }).where(eq(runners.id, id));
}

/** Retries without end, with a pause that doubles up to an hour. */
async function postpone(id: string, attempts: number, error: unknown): Promise<void> {
  const isExpected = error instanceof DomainError;
  if (!isExpected || error instanceof SealError)
    log.error({ err: error, runnerId: id }, "a runner could not be unregistered");
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
