import { createHash } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import type { JWTPayload } from "jose";
import { db, type Tx } from "@/db/client";
import { accessTokenSecrets, accessTokens, type StoredJob, spentIdTokens, trustedPipelines } from "@/db/schema";
import { generateSecret, hashSecret } from "@/lib/access-tokens/secret";
import { recordAuditEvent } from "@/lib/audit/record";
import type { TechnicalUser } from "@/lib/auth/actor";
import { DomainError } from "@/lib/errors";
import { inSeconds } from "@/lib/limits/rate-limit";
import type { Trust } from "./claims";
import { onceOnly } from "./verify-id-token";

/** The access token that an exchange names, with its technical user. */
export type NamedToken = {
  id: string;
  name: string;
  organizationId: string;
  groupId: string | null;
  technicalUserId: string;
  username: string;
};

/** `secret` is readable only now; `expiresIn` is in seconds. */
export type Issued = { secret: string; expiresIn: number };

/** Why a job that a trust means gets no secret, in words for the token's admins. */
export class ExchangeRefused extends Error {}

const mostSecrets = 1000;
/** Seconds for which an ID token is remembered after its end, beyond the tolerance with which its times are checked. */
const rememberedFor = 60;
const longestAge = 3600;
const clock = sql`statement_timestamp()`;

export function technicalUserOf({ id, technicalUserId, username }: NamedToken): TechnicalUser {
  return { kind: "technical", userId: technicalUserId, name: username, accessTokenId: id };
}

/**
 * Inserts a secret for the job. Throws ExchangeRefused if the token or the trust has ended meanwhile or the ID token was
 * exchanged before, and `rate_limited` at a thousand secrets. The token's lock is held for a few short statements.
 */
export function issueSecret(
  token: NamedToken,
  trust: Trust,
  { claims, job }: { claims: JWTPayload; job: StoredJob },
): Promise<Issued> {
  const secret = generateSecret("pipeline");
  return db.transaction(async (tx) => {
    await lockActive(tx, token.id);
    await spend(tx, onceOnly(trust, claims), claims);
    await touchTrust(tx, token.id, trust.id);
    const expiresIn = await insertSecret(tx, token, trust, { secret, job });
    await recordAuditEvent(tx, technicalUserOf(token), token, {
      action: "trusted_pipeline.exchanged",
      subject: token,
      detail: { project: job.project, ref: job.ref, job: job.job ?? null, token_suffix: secret.slice(-4) },
    });
    return { secret, expiresIn };
  });
}

async function lockActive(tx: Tx, tokenId: string): Promise<void> {
  const { id, revokedAt, expiresAt } = accessTokens;
  const [token] = await tx
    .select({ revokedAt, hasExpired: sql<boolean>`${expiresAt} <= clock_timestamp()` })
    .from(accessTokens)
    .where(eq(id, tokenId))
    .for("no key update");
  if (!token) throw new ExchangeRefused("This access token was deleted.");
  if (token.hasExpired) throw new ExchangeRefused("This access token has expired.");
  if (token.revokedAt) throw new ExchangeRefused("This access token is revoked.");
}

/** Concurrent exchanges of one ID token wait for the first, and are refused if it succeeds. */
async function spend(tx: Tx, name: string | undefined, { exp = 0, iat = 0 }: JWTPayload): Promise<void> {
  if (name === undefined) return;
  const hash = createHash("sha256").update(name).digest();
  // It is refused from then on for its age.
  const end = Math.min(exp, iat + longestAge) + rememberedFor;
  const spent = await tx
    .insert(spentIdTokens)
    .values({ hash, endsAt: new Date(end * 1000) })
    .onConflictDoNothing()
    .returning({ hash: spentIdTokens.hash });
  if (spent.length === 0)
    throw new ExchangeRefused("This ID token was exchanged before. A GitHub job asks for a new one.");
}

/** A trust that somebody removes is locked by now, or gone. */
async function touchTrust(tx: Tx, tokenId: string, trustId: string): Promise<void> {
  const touched = await tx
    .update(trustedPipelines)
    .set({ lastUsedAt: clock })
    .where(and(eq(trustedPipelines.id, trustId), eq(trustedPipelines.accessTokenId, tokenId)))
    .returning({ id: trustedPipelines.id });
  if (touched.length === 0) throw new ExchangeRefused("The trusted pipeline was removed meanwhile.");
}

type New = { secret: string; job: StoredJob };

/** Returns the seconds until it ends. */
async function insertSecret(tx: Tx, token: NamedToken, trust: Trust, { secret, job }: New): Promise<number> {
  const live = await liveSecrets(tx, token.id);
  if (live.count >= mostSecrets) throw tooMany(live.secondsToNext);
  const end = sql`least(${clock} + make_interval(mins => ${trust.lifetimeMinutes}),
    (select expires_at from access_tokens where id = ${token.id}))`;
  const [inserted] = await tx
    .insert(accessTokenSecrets)
    .values({
      hash: hashSecret(secret),
      organizationId: token.organizationId,
      accessTokenId: token.id,
      suffix: secret.slice(-4),
      createdById: token.technicalUserId,
      createdAt: clock,
      endsAt: end,
      endsBy: "lifetime",
      trustedPipelineId: trust.id,
      job,
    })
    // Instants are stored in milliseconds, rounded.
    .returning({
      seconds: sql<number>`floor(extract(epoch from ${accessTokenSecrets.endsAt} - ${clock}) + 0.001)::int`,
    });
  if (!inserted || inserted.seconds < 0) throw new ExchangeRefused("This access token has expired.");
  return inserted.seconds;
}

async function liveSecrets(tx: Tx, tokenId: string): Promise<{ count: number; secondsToNext: number }> {
  const { accessTokenId, endsAt } = accessTokenSecrets;
  const isLive = sql`${accessTokenId} = ${tokenId} and trusted_pipeline_id is not null and ${endsAt} > ${clock}`;
  const [live] = await tx
    .select({
      count: sql<number>`count(*)::int`,
      secondsToNext: sql<number>`coalesce(extract(epoch from min(${endsAt}) - ${clock}), 0)::float8`,
    })
    .from(accessTokenSecrets)
    .where(isLive);
  return live ?? { count: 0, secondsToNext: 0 };
}

function tooMany(secondsToNext: number): DomainError {
  const message = `This access token has ${mostSecrets.toLocaleString("en")} pipeline secrets, which is the most. Try again when one of them ends.`;
  return new DomainError("rate_limited", message, { retryAfter: inSeconds(secondsToNext * 1000) });
}
