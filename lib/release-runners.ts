import { and, eq, inArray, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { runners, versionControlAccesses } from "@/db/schema";
import type { SealedAt } from "./crypto/seal";

/** Where a runner's own token is sealed. */
export function runnerTokenSealedAt(runner: { id: string; organizationId: string }): SealedAt {
  return { organizationId: runner.organizationId, table: "runners", column: "sealed_runner_token", rowId: runner.id };
}

declare global {
  /** Set by the start: tells the background that there is work, after so many seconds. */
  var vehaasWakeRunnerJobs: ((afterSeconds: number) => void) | undefined;
}

/** Lets the background unregister these runners, from now on until it is done. Answers how many weren't let go before. */
export async function releaseRunners(tx: Tx, which: SQL): Promise<number> {
  const released = await tx
    .update(runners)
    .set({ state: "unregistering", nextAttemptAt: sql`now()` })
    .where(and(which, eq(runners.state, "registered")))
    .returning({ id: runners.id });
  return released.length;
}

/** For tokens that are about to be deleted: their accesses are gone for everyone but the background. */
export async function releaseAccesses(tx: Tx, tokenIds: string[] | SQLWrapper): Promise<void> {
  const ofTokens = inArray(versionControlAccesses.accessTokenId, tokenIds);
  await releaseRunners(tx, inArray(runners.accessTokenId, tokenIds));
  await tx
    .update(versionControlAccesses)
    .set({ removedAt: sql`coalesce(${versionControlAccesses.removedAt}, now())` })
    .where(ofTokens);
  await dropIdleAccesses(tx, ofTokens);
}

/** Removed accesses without a runner have nothing left to do, and their credentials go. */
export async function dropIdleAccesses(tx: Tx, which: SQL): Promise<void> {
  const isRemoved = sql`${versionControlAccesses.removedAt} is not null`;
  const isIdle = sql`not exists (select from ${runners} where ${runners.accessId} = ${versionControlAccesses.id})`;
  await tx.delete(versionControlAccesses).where(and(which, isRemoved, isIdle));
}

/** A runner that is surely not, or no longer, at the provider: its row goes, and with an access's last one what waited for it. */
export async function forgetRunner(runner: { id: string; accessId: string }): Promise<void> {
  const ofAccess = eq(versionControlAccesses.id, runner.accessId);
  await db.transaction(async (tx) => {
    // Else a removal at the same time would still see the runner, and this the access as it was.
    await tx.select({ id: versionControlAccesses.id }).from(versionControlAccesses).where(ofAccess).for("update");
    await tx.delete(runners).where(eq(runners.id, runner.id));
    await dropIdleAccesses(tx, ofAccess);
  });
}

/** A hint, after the commit: what is due stands in the table, and is looked for every minute anyway. */
export function wakeRunnerJobs(afterSeconds = 0): void {
  globalThis.vehaasWakeRunnerJobs?.(afterSeconds);
}
