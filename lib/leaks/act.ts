import { and, asc, eq, gt, inArray, isNull, not, or, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { accessTokenSecrets, accessTokens, isDue, leakReports } from "@/db/schema";
import { status } from "@/lib/access-tokens/access-token";
import { lockGroupFirst } from "@/lib/access-tokens/find";
import { endWithRevocation } from "@/lib/access-tokens/revocation";
import { type Owner, recordAuditEvent, recordAuditEvents } from "@/lib/audit/record";
import { system } from "@/lib/auth/actor";
import { groupScope, organizationScope } from "@/lib/auth/scope";
import { log } from "@/lib/log";
import { recordNotifications } from "@/lib/notifications/record";
import { wakeRunnerJobs } from "@/lib/release-runners";
import { hashesIn } from "./report";

const readAtOnce = 20;
/** Not the transaction's start: it may have waited for the token. */
const clock = sql`statement_timestamp()`;

const { id, name, organizationId, groupId, expiresAt, leakedAt } = accessTokens;

type Report = Pick<typeof leakReports.$inferSelect, "id" | "hashes">;

/**
 * Acts on the reports of leaked secrets that are due. Several instances may act on the same one: each token is locked, and
 * who comes second finds it done. A report that fails in part is tried again in a minute.
 */
export async function actOnLeakReports(): Promise<void> {
  for (let due = await dueReports(); due.length > 0; due = await dueReports()) {
    for (const report of due) await actOn(report);
  }
}

function dueReports(): Promise<Report[]> {
  return db
    .select({ id: leakReports.id, hashes: leakReports.hashes })
    .from(leakReports)
    .where(isDue(leakReports.dueAt))
    .orderBy(asc(leakReports.dueAt))
    .limit(readAtOnce);
}

async function actOn({ id, hashes: stored }: Report): Promise<void> {
  const hashes = hashesIn(stored);
  let isDone = true;
  for (const token of await tokensWith(hashes)) {
    try {
      await db.transaction((tx) => actOnToken(tx, token, hashes));
    } catch (error) {
      isDone = false;
      log.error({ err: error, accessTokenId: token.id }, "a report of a leaked secret could not be acted on");
    }
  }
  const report = eq(leakReports.id, id);
  if (isDone) await db.delete(leakReports).where(report);
  else await db.update(leakReports).set({ dueAt: sql`now() + interval '1 minute'` }).where(report);
  wakeRunnerJobs();
}

type Found = Owner & { id: string };

async function tokensWith(hashes: Buffer[]): Promise<Found[]> {
  if (hashes.length === 0) return [];
  return db
    .selectDistinct({ id, organizationId, groupId })
    .from(accessTokenSecrets)
    .innerJoin(accessTokens, eq(id, accessTokenSecrets.accessTokenId))
    .where(inArray(accessTokenSecrets.hash, hashes));
}

const columns = { id, name, organizationId, groupId, expiresAt, leakedAt, status };

async function actOnToken(tx: Tx, { id: tokenId, ...owner }: Found, hashes: Buffer[]): Promise<void> {
  await lockGroupFirst(tx, owner.groupId ? groupScope(owner.groupId) : organizationScope(owner.organizationId));
  const [token] = await tx.select(columns).from(accessTokens).where(eq(id, tokenId)).for("no key update");
  if (!token) return;
  const { hash, accessTokenId, suffix, trustedPipelineId, job, endsAt, isRetired } = accessTokenSecrets;
  // A secret whose own end has passed is refused for good. That of a revoked or expired token is not over.
  const leaked = await tx
    .select({ hash, suffix, trustedPipelineId, job })
    .from(accessTokenSecrets)
    .where(
      and(eq(accessTokenId, tokenId), inArray(hash, hashes), not(isRetired), or(isNull(endsAt), gt(endsAt, clock))),
    );
  const own = leaked.filter((secret) => secret.trustedPipelineId === null);
  if (own.length > 0) {
    if (!token.leakedAt) await markAsLeaked(tx, token, own);
  } else if (leaked.length > 0) {
    await endPipelineSecrets(tx, token, leaked);
  }
}

type Token = Pick<typeof accessTokens.$inferSelect, "id" | "name" | "organizationId" | "groupId" | "expiresAt"> & {
  status: string;
};
type Leaked = Pick<typeof accessTokenSecrets.$inferSelect, "hash" | "suffix" | "job">;

async function markAsLeaked(tx: Tx, token: Token, own: Leaked[]): Promise<void> {
  await tx
    .update(accessTokens)
    .set({ leakedAt: clock, revokedAt: sql`coalesce(${accessTokens.revokedAt}, ${clock})` })
    .where(eq(id, token.id));
  await endWithRevocation(tx, [token.id]);
  await recordAuditEvent(tx, system, token, {
    action: "access_token.leaked",
    subject: { id: token.id, name: token.name },
    detail: {
      token_suffix: own.map(({ suffix }) => suffix).join(", …"),
      ...(token.status !== "active" && { previous_status: token.status }),
    },
  });
  await recordNotifications(tx, token, [{ type: "access_token.leaked", token }]);
}

/** The token and its other secrets stay as they are: a pipeline secret alone was good for minutes. */
async function endPipelineSecrets(tx: Tx, token: Token, leaked: Leaked[]): Promise<void> {
  const hashes = leaked.map(({ hash }) => hash);
  await tx.delete(accessTokenSecrets).where(inArray(accessTokenSecrets.hash, hashes));
  const events = leaked.map(({ suffix, job }) => ({
    action: "trusted_pipeline.secret_leaked" as const,
    subject: { id: token.id, name: token.name },
    detail: { token_suffix: suffix, project: job?.project ?? null, ref: job?.ref ?? null, job: job?.job ?? null },
  }));
  await recordAuditEvents(tx, system, token, events);
}
