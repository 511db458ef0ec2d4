import { and, asc, eq, lt, type SQL, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { isDue, runners, versionControlAccesses } from "@/db/schema";
import { openSealed } from "@/lib/audit/open-sealed";
import { SealError } from "@/lib/crypto/aes-gcm";
import { DomainError } from "@/lib/errors";
import { log } from "@/lib/log";
import { forgetRunner, runnerTokenSealedAt } from "@/lib/release-runners";
import { unregisterRunner } from "@/lib/version-control/providers/provider-check";
import { unsealAccess } from "@/lib/version-control/unseal-access";

/** Longer than a registration takes. One that is not recorded by then is abandoned. */
const registration = sql`interval '2 minutes'`;
/** Seconds. */
const pauseBetweenSearches = 5 * 60;
/** Seconds. The queue retries a failed attempt by then. Afterwards the runner is due again, if its job was lost. */
export const longestRetryDelay = 3600;

/**
 * Whether "not found" is final. A provider may create a runner after our timeout, and a VM can start one while GitHub's
 * registration token is valid; until then a runner without a remote id may still appear.
 */
const isFinal = sql<boolean>`${runners.remoteId} is not null or now() >
  greatest(${runners.createdAt} + interval '10 minutes', ${runners.expiresAt} + interval '5 minutes')`;

type StoredRunner = typeof runners.$inferSelect;
export type DueRunner = { id: string; accessId: string };

const mostAtOnce = 1000;

/**
 * Runners that the background has to unregister now: at most a thousand, those that have been due longest. Includes
 * registrations that were never recorded because their process died.
 */
export async function findDueRunners(): Promise<DueRunner[]> {
  await db
    .update(runners)
    .set({ state: "unregistering" })
    .where(and(eq(runners.state, "registering"), lt(runners.createdAt, sql`now() - ${registration}`)));
  return db
    .select({ id: runners.id, accessId: runners.accessId })
    .from(runners)
    .where(and(eq(runners.state, "unregistering"), isDue(runners.nextAttemptAt)))
    .orderBy(asc(runners.nextAttemptAt))
    .limit(mostAtOnce);
}

/** For due runners that have a job now. They are due again after the longest pause of its retries, if it was lost. */
export async function leaveToJobs(ids: string[]): Promise<void> {
  await db
    .update(runners)
    .set({ nextAttemptAt: secondsFromNow(longestRetryDelay) })
    // A job may be done already, and have set the time of the next attempt.
    .where(and(sql`${runners.id} = any(${sql.param(ids)})`, isDue(runners.nextAttemptAt)));
}

/**
 * Tries to unregister a runner at its provider. `gone`: its row is deleted. `later`: it is due again at a time that the
 * row has. `failed`: the caller retries. Records the reason where the token's page shows it.
 */
export async function tryToUnregister(id: string): Promise<"gone" | "later" | "failed"> {
  const [found] = await db
    .select({ runner: runners, access: versionControlAccesses, isFinal })
    .from(runners)
    .innerJoin(versionControlAccesses, eq(versionControlAccesses.id, runners.accessId))
    .where(and(eq(runners.id, id), eq(runners.state, "unregistering")));
  if (!found) return "gone";
  let wasThere: boolean;
  try {
    const { remoteId, sealedRunnerToken } = found.runner;
    const runnerToken = sealedRunnerToken
      ? await openSealed(db, runnerTokenSealedAt(found.runner), sealedRunnerToken)
      : undefined;
    const access = await unsealAccess(db, found.access);
    wasThere = await unregisterRunner(access, { remoteId, description: id, runnerToken });
  } catch (error) {
    return recordFailure(found.runner, error);
  }
  if (wasThere || found.isFinal) {
    await forgetRunner(found.runner);
    return "gone";
  }
  const lastError = "The runner was not found at the provider, where it may still start.";
  await record(id, { lastError }, pauseBetweenSearches);
  return "later";
}

/** Waits as long as the provider asks for, and longer each time if it always asks for that. */
async function recordFailure({ id, attempts }: StoredRunner, error: unknown): Promise<"later" | "failed"> {
  const isExpected = error instanceof DomainError;
  if (!isExpected || error instanceof SealError)
    log.error({ err: error, runnerId: id }, "a runner could not be unregistered");
  const lastError = isExpected ? error.message : "Something went wrong on our side.";
  const retryAfter = isExpected ? error.retryAfter : undefined;
  const pause =
    retryAfter === undefined ? longestRetryDelay : Math.max(retryAfter, Math.min(longestRetryDelay, 60 * attempts));
  await record(
    id,
    { lastError, attempts: attempts + 1, failingSince: sql`coalesce(${runners.failingSince}, now())` },
    pause,
  );
  return retryAfter === undefined ? "failed" : "later";
}

async function record(
  id: string,
  result: { lastError: string; attempts?: number; failingSince?: SQL },
  secondsUntilDue: number,
): Promise<void> {
  await db
    .update(runners)
    .set({ ...result, nextAttemptAt: secondsFromNow(secondsUntilDue) })
    .where(eq(runners.id, id));
}

function secondsFromNow(seconds: number) {
  return sql`now() + make_interval(secs => ${seconds})`;
}
