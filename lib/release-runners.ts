import { and, eq, inArray, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { accessTokens, runners, versionControlAccesses } from "@/db/schema";
import type { SealedAt } from "./crypto/seal";
import { processWide } from "./process/process-wide";

/** The place for which a runner's own token is sealed. */
export function runnerTokenSealedAt(runner: { id: string; organizationId: string }): SealedAt {
  return { organizationId: runner.organizationId, table: "runners", column: "sealed_runner_token", rowId: runner.id };
}

/** Marks these runners for removal in the background. Returns how many were newly marked. */
export async function releaseRunners(tx: Tx, which: SQL): Promise<number> {
  const released = await tx
    .update(runners)
    .set({ state: "unregistering", nextAttemptAt: sql`now()` })
    .where(and(which, eq(runners.state, "registered")))
    .returning({ id: runners.id });
  return released.length;
}

/**
 * For tokens about to be deleted: hides their accesses from everyone except the background, and keeps with their runners
 * what messages say of the tokens.
 */
export async function releaseAccesses(tx: Tx, tokenIds: string[] | SQLWrapper): Promise<void> {
  const ofTokens = inArray(versionControlAccesses.accessTokenId, tokenIds);
  await releaseRunners(tx, inArray(runners.accessTokenId, tokenIds));
  await tx
    .update(versionControlAccesses)
    .set({ removedAt: sql`coalesce(${versionControlAccesses.removedAt}, now())` })
    .where(ofTokens);
  // After the accesses, which `forgetRunner` locks first, too.
  await tx
    .update(runners)
    .set({ deletedToken })
    .from(accessTokens)
    .where(and(eq(accessTokens.id, runners.accessTokenId), inArray(runners.accessTokenId, tokenIds)));
  await dropIdleAccesses(tx, ofTokens);
}

const deletedToken = sql`jsonb_build_object('id', ${accessTokens.id}, 'name', ${accessTokens.name},
  'groupId', ${accessTokens.groupId}, 'expiresAt', ${accessTokens.expiresAt})`;

/** Deletes removed accesses that have no runners left, with their credentials. */
export async function dropIdleAccesses(tx: Tx, which: SQL): Promise<void> {
  const isRemoved = sql`${versionControlAccesses.removedAt} is not null`;
  const isIdle = sql`not exists (select from ${runners} where ${runners.accessId} = ${versionControlAccesses.id})`;
  await tx.delete(versionControlAccesses).where(and(which, isRemoved, isIdle));
}

/** Deletes a runner that is not at the provider, and its access if that was removed and has no other runner. */
export async function forgetRunner(runner: { id: string; accessId: string }): Promise<void> {
  const ofAccess = eq(versionControlAccesses.id, runner.accessId);
  await db.transaction(async (tx) => {
    // Locked, or a concurrent removal could still see the runner while this sees the access as not removed.
    await tx.select({ id: versionControlAccesses.id }).from(versionControlAccesses).where(ofAccess).for("update");
    await tx.delete(runners).where(eq(runners.id, runner.id));
    await dropIdleAccesses(tx, ofAccess);
  });
}

/** Only a hint, sent after the commit: the background looks for due runners every minute anyway. */
export function wakeRunnerJobs(): void {
  processWide.hasDueRunners = true;
}
