import { and, asc, eq, inArray, isNotNull, isNull, lte, not, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import type { SecretEnd } from "@/db/enums";
import { accessTokenSecrets, accessTokens } from "@/db/schema";
import { type AuditEvent, recordAuditEvent } from "@/lib/audit/record";
import { system } from "@/lib/auth/actor";

/** Days for which the hash of a retired secret is kept, so that its use is noticed. */
const keptDays = 90;

/** An end that has passed and that the audit log does not have yet. Ends of pipeline secrets are not recorded. */
const isDue = and(
  isNotNull(accessTokenSecrets.endsAt),
  isNull(accessTokenSecrets.trustedPipelineId),
  not(accessTokenSecrets.isRetired),
  lte(accessTokenSecrets.endsAt, sql`now()`),
);

type Ended = { suffix: string; endsAt: Date | null; endsBy: SecretEnd | null };

/** The event of a secret that has ended. */
export function retiredEvent({ id, name }: AuditEvent["subject"], { suffix, endsAt, endsBy }: Ended): AuditEvent {
  return {
    action: "access_token.secret_retired",
    subject: { id, name },
    detail: { token_suffix: suffix, ended_by: endsBy, ended_at: endsAt?.toISOString() ?? null },
  };
}

/** Records the ends that have passed, of at most `limit` secrets. True if there may be more. */
export async function retireEndedSecrets(limit = 1000): Promise<boolean> {
  const due = await db
    .select({ hash: accessTokenSecrets.hash, tokenId: accessTokenSecrets.accessTokenId })
    .from(accessTokenSecrets)
    .where(isDue)
    .orderBy(asc(accessTokenSecrets.endsAt))
    .limit(limit);
  for (const { hash, tokenId } of due) await db.transaction((tx) => retire(tx, hash, tokenId));
  return due.length >= limit;
}

async function retire(tx: Tx, hash: Buffer, tokenId: string): Promise<void> {
  const { id, name, organizationId, groupId } = accessTokens;
  const [token] = await tx
    .select({ id, name, organizationId, groupId })
    .from(accessTokens)
    .where(eq(accessTokens.id, tokenId))
    .for("no key update");
  if (!token) return;
  const { suffix, endsAt, endsBy } = accessTokenSecrets;
  const [ended] = await tx
    .update(accessTokenSecrets)
    .set({ isRetired: true })
    .where(and(eq(accessTokenSecrets.hash, hash), isDue))
    .returning({ suffix, endsAt, endsBy });
  if (ended) await recordAuditEvent(tx, system, token, retiredEvent(token, ended));
}

/** Deletes at most `limit` secrets that ended longer ago than they are kept. True if there may be more. */
export async function forgetRetiredSecrets(limit = 10_000): Promise<boolean> {
  const forgotten = db
    .select({ hash: accessTokenSecrets.hash })
    .from(accessTokenSecrets)
    .where(
      and(
        sql`${accessTokenSecrets.isRetired}`,
        lte(accessTokenSecrets.endsAt, sql`now() - make_interval(days => ${keptDays})`),
      ),
    )
    .limit(limit)
    .for("update", { skipLocked: true });
  const { rowCount } = await db.delete(accessTokenSecrets).where(inArray(accessTokenSecrets.hash, forgotten));
  return (rowCount ?? 0) >= limit;
}
