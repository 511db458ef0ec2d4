import { inArray, type SQL, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { accessTokens } from "@/db/schema";
import { type Owner, recordAuditEvents } from "@/lib/audit/record";
import { policyActor } from "@/lib/auth/actor";
import { groupScope, organizationScope } from "@/lib/auth/scope";
import { log } from "@/lib/log";
import { recordNotifications } from "@/lib/notifications/record";
import { wakeRunnerJobs } from "@/lib/release-runners";
import { lockGroupFirst } from "../find";
import { endWithRevocation } from "../revocation";
import { type DueToken, due, lockDue, noticeDays, ownersWith } from "./due";

/** Small, since the rows of a batch are locked until it is written. */
const batchSize = 500;

/**
 * Notifies admins of active tokens that their policy will revoke as unused in a week, and revokes those of which they
 * were notified a week ago. May be called at any time, by any number of instances.
 */
export async function applyUnusedPolicies(limit = batchSize): Promise<void> {
  // In this order: a token is not revoked by the call that notifies of it.
  await forEachOwner(due.revocation, limit, revoke);
  wakeRunnerJobs();
  await forEachOwner(due.notice, limit, notify);
}

type Work = (tx: Tx, owner: Owner, tokens: DueToken[]) => Promise<void>;

async function forEachOwner(condition: SQL, limit: number, work: Work): Promise<void> {
  for (const owner of await ownersWith(db, condition)) {
    try {
      while (await inBatch(owner, condition, limit, work));
    } catch (error) {
      // The others' turn comes, and this one's again with the next call.
      log.error({ err: error, ...owner }, "a policy on unused access tokens could not be applied");
    }
  }
}

/** True if there may be more. */
function inBatch(owner: Owner, condition: SQL, limit: number, work: Work): Promise<boolean> {
  return db.transaction(async (tx) => {
    await lockGroupFirst(tx, owner.groupId ? groupScope(owner.groupId) : organizationScope(owner.organizationId));
    const tokens = await lockDue(tx, owner, condition, limit);
    if (tokens.length > 0) await work(tx, owner, tokens);
    return tokens.length >= limit;
  });
}

async function notify(tx: Tx, owner: Owner, tokens: DueToken[]): Promise<void> {
  await tx
    .update(accessTokens)
    .set({ idleNoticedAt: sql`now()` })
    .where(inArray(accessTokens.id, idsOf(tokens)));
  await recordNotifications(
    tx,
    owner,
    tokens.map((token) => ({ type: "access_token.idle", token, more: { days: noticeDays } })),
  );
}

async function revoke(tx: Tx, owner: Owner, tokens: DueToken[]): Promise<void> {
  await tx
    .update(accessTokens)
    .set({ revokedAt: sql`now()` })
    .where(inArray(accessTokens.id, idsOf(tokens)));
  await endWithRevocation(tx, idsOf(tokens));
  const events = tokens.map(({ id, name, days, unusedSince }) => ({
    action: "access_token.revoked" as const,
    subject: { id, name },
    detail: { revoke_unused_after_days: String(days), unused_since: unusedSince.toISOString() },
  }));
  await recordAuditEvents(tx, policyActor, owner, events);
  await recordNotifications(
    tx,
    owner,
    tokens.map((token) => ({ type: "access_token.revoked", token })),
  );
}

function idsOf(tokens: DueToken[]): string[] {
  return tokens.map(({ id }) => id);
}
