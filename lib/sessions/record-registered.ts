import { eq, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { accessTokens, runners, versionControlAccesses } from "@/db/schema";
import type { TechnicalUser } from "@/lib/auth/actor";
import type { Permission } from "@/lib/auth/authorize";
import type { Scope } from "@/lib/auth/scope";
import { seal } from "@/lib/crypto/seal";
import { DomainError } from "@/lib/errors";
import { mutate } from "@/lib/mutate";
import type { Registered } from "@/lib/version-control/provider-check";
import { wakeRunnerJobs } from "@/lib/version-control/release";
import { runnerTokenPlace } from "./runner-token-place";

type Recorded = { id: string; providerUrl: string; registered: Registered };

/**
 * Records what the provider has answered. Where the token was revoked or deleted or the access removed meanwhile, the
 * runner is let go at once, and `conflict` is thrown.
 */
export async function recordRegistered(
  actor: TechnicalUser,
  scope: Scope,
  permission: Permission,
  recorded: Recorded,
): Promise<void> {
  if (await keep(actor, scope, permission, recorded)) return;
  await db.transaction((tx) => write(tx, recorded, "unregistering"));
  wakeRunnerJobs();
  throw new DomainError(
    "conflict",
    "The access token was revoked, or its access removed, while the runner was registered.",
  );
}

/** False where the token, its role or its access has gone. */
async function keep(actor: TechnicalUser, scope: Scope, permission: Permission, recorded: Recorded): Promise<boolean> {
  const { id, providerUrl } = recorded;
  try {
    return await mutate(actor, scope, permission, async (tx) => {
      if (!(await isStillGood(tx, id))) return { result: false };
      await write(tx, recorded, "registered");
      const subject = { id, name: id };
      return { result: true, event: { action: "runner.registered", subject, detail: { provider_url: providerUrl } } };
    });
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

/** A revocation locks the token's row: it comes before this, and is seen, or after, and sees the runner. */
async function isStillGood(tx: Tx, id: string): Promise<boolean> {
  const [owner] = await tx
    .select({ revokedAt: accessTokens.revokedAt, removedAt: versionControlAccesses.removedAt })
    .from(runners)
    .innerJoin(versionControlAccesses, eq(versionControlAccesses.id, runners.accessId))
    .innerJoin(accessTokens, eq(accessTokens.id, versionControlAccesses.accessTokenId))
    .where(eq(runners.id, id))
    .for("share", { of: [accessTokens, versionControlAccesses] });
  return owner !== undefined && !owner.revokedAt && !owner.removedAt;
}

async function write(tx: Tx, { id, registered }: Recorded, state: "registered" | "unregistering"): Promise<void> {
  const [row] = await tx.select({ organizationId: runners.organizationId }).from(runners).where(eq(runners.id, id));
  // The background took it for one that nobody would record, and has removed it.
  if (!row) return;
  await tx
    .update(runners)
    .set({
      state,
      remoteId: registered.remoteId,
      sealedRunnerToken: await seal(tx, runnerTokenPlace({ id, ...row }), registered.runnerToken),
      tags: registered.tags,
      expiresAt: registered.expiresAt,
      nextAttemptAt: sql`now()`,
    })
    .where(eq(runners.id, id));
}
