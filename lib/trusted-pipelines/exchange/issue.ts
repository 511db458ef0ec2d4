import { hash } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import type { JWTPayload } from "jose";
import { db, type Tx } from "@/db/client";
import { accessTokens, type StoredJob, spentIdTokens } from "@/db/schema";
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
  const nameHash = hash("sha256", name, "buffer");
  // It is refused from then on for its age.
  const end = Math.min(exp, iat + longestAge) + rememberedFor;
  const spent = await tx
    .insert(spentIdTokens)
    .values({ hash: nameHash, endsAt: new Date(end * 1000) })
    .onConflictDoNothing()
    .returning({ hash: spentIdTokens.hash });
  if (spent.length === 0)
    throw new ExchangeRefused("This ID token was exchanged before. A GitHub job asks for a new one.");
}

type New = { secret: string; job: StoredJob };
type Inserted = { isTrusted: boolean; live: number; secondsToNext: number | null; expiresIn: number | null };

/**
 * Inserts the secret and updates the trust's last use. One statement, so that the token is locked for as few round trips
 * as can be. Returns the seconds until the secret ends.
 */
async function insertSecret(tx: Tx, token: NamedToken, trust: Trust, { secret, job }: New): Promise<number> {
  const { rows } = await tx.execute<Inserted>(sql`
    with trust as (
      update trusted_pipelines set last_used_at = ${clock}
      where id = ${trust.id} and access_token_id = ${token.id}
      returning id, lifetime_minutes
    ), live as (
      select count(*)::int as live, extract(epoch from min(ends_at) - ${clock})::float8 as seconds
      from access_token_secrets
      where access_token_id = ${token.id} and trusted_pipeline_id is not null and ends_at > ${clock}
    ), inserted as (
      insert into access_token_secrets (hash, organization_id, access_token_id, suffix, created_by_id, created_at, ends_at,
        ends_by, trusted_pipeline_id, job)
      select ${hashSecret(secret)}, token.organization_id, token.id, ${secret.slice(-4)}, token.technical_user_id, ${clock},
        least(${clock} + make_interval(mins => trust.lifetime_minutes), token.expires_at), 'lifetime', trust.id,
        ${JSON.stringify(job)}::jsonb
      from trust, live, access_tokens as token
      where token.id = ${token.id} and live.live < ${mostSecrets}
      returning ends_at
    )
    select exists (select from trust) as "isTrusted", live.live, live.seconds as "secondsToNext",
      -- Instants are stored in milliseconds, rounded.
      (select floor(extract(epoch from ends_at - ${clock}) + 0.001)::int from inserted) as "expiresIn"
    from live`);
  const [inserted] = rows;
  if (!inserted?.isTrusted) throw new ExchangeRefused("The trusted pipeline was removed meanwhile.");
  if (inserted.live >= mostSecrets) throw tooMany(inserted.secondsToNext ?? 0);
  if (inserted.expiresIn === null || inserted.expiresIn < 0)
    throw new ExchangeRefused("This access token has expired.");
  return inserted.expiresIn;
}

function tooMany(secondsToNext: number): DomainError {
  const message = `This access token has ${mostSecrets.toLocaleString("en")} pipeline secrets, which is the most. Try again when one of them ends.`;
  return new DomainError("rate_limited", message, { retryAfter: inSeconds(secondsToNext * 1000) });
}
