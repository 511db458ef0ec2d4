import { eq, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { accessTokens, runners, versionControlAccesses } from "@/db/schema";
import { mutateOwnToken } from "@/lib/access-tokens/find";
import type { TechnicalUser } from "@/lib/auth/actor";
import { seal } from "@/lib/crypto/seal";
import { DomainError } from "@/lib/errors";
import { runnerTokenSealedAt, wakeRunnerJobs } from "@/lib/release-runners";
import type { Registered } from "@/lib/version-control/providers/provider-check";
import { stillAllows } from "@/lib/version-control/providers/runner-settings";

type Recorded = { id: string; providerUrl: string; registered: Registered };

/** `let_go`: the background unregisters it. `unknown`: no row exists, so the caller has to unregister it. */
export type RecordedAs = "registered" | "let_go" | "unknown";

/** Records the provider's answer. Marks the runner for removal if its token or access was removed meanwhile. */
export async function recordRegistered(actor: TechnicalUser, recorded: Recorded): Promise<RecordedAs> {
  if (await keep(actor, recorded)) return "registered";
  const isLetGo = await db.transaction((tx) => write(tx, recorded, "unregistering"));
  wakeRunnerJobs();
  return isLetGo ? "let_go" : "unknown";
}

/** False if the token, its role or its access is gone, or the access no longer allows such a runner. */
async function keep(actor: TechnicalUser, recorded: Recorded): Promise<boolean> {
  const { id, providerUrl } = recorded;
  try {
    return await mutateOwnToken(actor, async (tx) => {
      if (!(await isStillGood(tx, recorded)) || !(await write(tx, recorded, "registered"))) return { result: false };
      const subject = { id, name: id };
      return { result: true, event: { action: "runner.registered", subject, detail: { provider_url: providerUrl } } };
    });
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

/** A concurrent revocation locks the token's row: it commits first, and is seen here, or waits and sees the runner. */
async function isStillGood(tx: Tx, { id, registered }: Recorded): Promise<boolean> {
  const { removedAt, allowedTags, runUntagged } = versionControlAccesses;
  const [owner] = await tx
    .select({ revokedAt: accessTokens.revokedAt, removedAt, allowedTags, runUntagged })
    .from(runners)
    .innerJoin(versionControlAccesses, eq(versionControlAccesses.id, runners.accessId))
    .innerJoin(accessTokens, eq(accessTokens.id, versionControlAccesses.accessTokenId))
    .where(eq(runners.id, id))
    .for("share", { of: [accessTokens, versionControlAccesses] });
  return owner !== undefined && !owner.revokedAt && !owner.removedAt && stillAllows(owner, registered);
}

/** False if the background has removed the row, since it took the registration for abandoned. */
async function write(tx: Tx, { id, registered }: Recorded, state: "registered" | "unregistering"): Promise<boolean> {
  const [row] = await tx.select({ organizationId: runners.organizationId }).from(runners).where(eq(runners.id, id));
  if (!row) return false;
  await tx
    .update(runners)
    .set({
      state,
      remoteId: registered.remoteId,
      sealedRunnerToken: await seal(tx, runnerTokenSealedAt({ id, ...row }), registered.runnerToken),
      tags: registered.tags,
      expiresAt: registered.expiresAt,
      nextAttemptAt: sql`now()`,
    })
    .where(eq(runners.id, id));
  return true;
}
