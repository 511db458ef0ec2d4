import { and, eq, gt, isNull, not, or, sql } from "drizzle-orm";
import { db, type Tx } from "@/db/client";
import { bytesOf } from "@/db/pool/text-query";
import { accessTokenSecrets, accessTokens } from "@/db/schema";
import { type Owner, recordAuditEvent } from "@/lib/audit/record";
import type { TechnicalUser } from "@/lib/auth/actor";
import { spendDatabaseDeadline, withDatabaseDeadline } from "@/lib/database-deadline";
import { log } from "@/lib/log";

const { hash, replaces, suffix, endsAt, endsBy, isRetired, firstUsedAt } = accessTokenSecrets;
/** Read after the lock, so that a wait for it does not shorten the last hour. */
const clock = sql`statement_timestamp()`;
const isGood = and(not(isRetired), or(isNull(endsAt), gt(endsAt, clock)));

type Used = { actor: TechnicalUser; token: Owner & { id: string; name: string } };

/** Milliseconds, of the request's deadline. The request goes on without the record, as while a standby is silent. */
const longestRecord = 1500;

const underWay = new Map<string, Promise<void>>();

/**
 * Records the first use of a secret that replaces another one, and begins the other one's last hour if the rotation says
 * so. The hash is a written one. A repetition changes nothing. A failure is logged, and the next use tries again.
 */
export async function recordFirstUse(used: Used, secretHash: string): Promise<void> {
  const begun = performance.now();
  await recordOnce(used, secretHash);
  spendDatabaseDeadline(performance.now() - begun);
}

function recordOnce(used: Used, secretHash: string): Promise<void> {
  // Requests at the same time share one attempt: while the token is locked, each would wait with a connection of its own,
  // and those that are left without one would miss their deadline.
  const earlier = underWay.get(secretHash);
  if (earlier) return earlier;
  const attempt = tryToRecord(used, secretHash).finally(() => underWay.delete(secretHash));
  underWay.set(secretHash, attempt);
  return attempt;
}

async function tryToRecord(used: Used, secretHash: string): Promise<void> {
  try {
    await withDatabaseDeadline(() => db.transaction((tx) => record(tx, used, secretHash)), longestRecord);
  } catch (error) {
    log.warn({ err: error, accessTokenId: used.token.id }, "the first use of a new secret could not be recorded");
  }
}

async function record(tx: Tx, { actor, token }: Used, secretHash: string): Promise<void> {
  // The request goes on without the record, instead of waiting for as long as a command may take.
  await tx.execute(sql`set local lock_timeout = '1s'`);
  const { id, revokedAt, expiresAt } = accessTokens;
  const isActive = and(isNull(revokedAt), gt(expiresAt, clock));
  const [locked] = await tx
    .select({ id })
    .from(accessTokens)
    .where(and(eq(id, token.id), isActive))
    .for("no key update");
  // Revoked meanwhile: this request is refused, so it is no first use.
  if (!locked) return;
  const [first] = await tx
    .update(accessTokenSecrets)
    .set({ firstUsedAt: clock, lastUsedAt: clock })
    .where(and(eq(hash, bytesOf(secretHash)), isNull(firstUsedAt), isGood))
    .returning({ suffix, replaces });
  if (!first?.replaces) return;
  await tx
    .update(accessTokenSecrets)
    .set({ endsAt: sql`least(${endsAt}, ${clock} + interval '1 hour')` })
    .where(and(eq(hash, first.replaces), eq(endsBy, "use"), isGood));
  const [old] = await tx
    .select({ suffix, endsAt })
    .from(accessTokenSecrets)
    .where(and(eq(hash, first.replaces), isGood));
  await recordAuditEvent(tx, actor, token, {
    action: "access_token.secret_first_used",
    subject: { id: token.id, name: token.name },
    detail: {
      token_suffix: first.suffix,
      ...(old && { old_token_suffix: old.suffix, old_secret_ends_at: old.endsAt?.toISOString() ?? null }),
    },
  });
}
