import { eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { accessTokenSecrets, accessTokens } from "@/db/schema";
import type { AuditEvent } from "@/lib/audit/record";
import type { Actor } from "@/lib/auth/actor";
import { settings } from "@/lib/env";
import { DomainError, type ExpectedRevisions, invalid } from "@/lib/errors";
import { boundsOf } from "@/lib/policies/policy";
import { readPolicies } from "@/lib/policies/read";
import type { AccessToken } from "../access-token";
import { assertExpiration, dateOf, type Expiration } from "../expiration";
import { assertTokenRevision, findAccessToken, lockAccessToken, mutateSecrets } from "../find";
import { claim, noteSecret } from "../idempotency";
import { assertLifetime, assertMayProlong } from "../policy";
import { generateSecret, hashSecret } from "../secret";
import { retiredEvent } from "../secrets/retire";
import { assertOldSecret, longestDays, type OldSecret, type RotateAccessTokenInput } from "./input";
import {
  clock,
  endedByHand,
  endedByNow,
  lastUseOfSingle,
  readSecrets,
  type Secrets,
  type StoredSecret,
  setEnd,
} from "./secrets";

/** `secret` is the new one, which is readable only now. */
export type RotatedAccessToken = { token: AccessToken; secret: string };

/**
 * Gives an active token a new secret; the old one, if there is one, is accepted until its end. A token that was revoked
 * as leaked is active again with its new secret, and its old ones end at once, whatever the input says. The same request with the same
 * `idempotencyKey`, before the new secret was used, replaces that one by another, whatever `expected` is: a lost answer
 * locks nobody out. Throws `rotation_pending` while an earlier rotation's old secret is accepted, `conflict`,
 * `precondition_failed`, `policy` on a new expiration, and `invalid`: a token that rotates itself may neither set its expiration nor end its old secret
 * at once.
 */
export function rotateAccessToken(
  actor: Actor,
  tokenId: string,
  input: RotateAccessTokenInput,
  idempotencyKey?: string,
  expected?: ExpectedRevisions,
): Promise<RotatedAccessToken> {
  return mutateSecrets(actor, tokenId, async (tx, access) => {
    if (actor.kind === "technical") assertMayAskFor(input);
    const token = await lockAccessToken(tx, access.scope, tokenId);
    const secrets = await readSecrets(tx, actor, token.id);
    const secret = secretUnlike(secrets.current?.suffix, access.scope.kind);
    const made = { hash: hashSecret(secret), suffix: secret.slice(-4) };
    const request = { rotate: token.id, ...input };
    const earlier = idempotencyKey && (await claim(tx, actor, access, { key: idempotencyKey, request, id: token.id }));
    if (!earlier) assertTokenRevision(token, expected);
    if (token.status !== "active" && !isRevokedAsLeaked(token, actor)) throw notActive(token);

    let events: AuditEvent[];
    let replaces = secrets.current?.hash ?? none;
    if (earlier) {
      if (token.leakedAt) throw leakedMeanwhile();
      const unused = unusedOf(secrets, earlier.secretHash);
      if (unused.replaces) replaces = unused.replaces;
      events = await replaceUnused(tx, token, { ...secrets, current: unused }, made.suffix);
    } else {
      const expiresAt = input.expiresAt ? dateOf(input.expiresAt) : token.expiresAt;
      if (input.expiresAt) await assertMayExpire(tx, token, input.expiresAt, access.now);
      assertOldSecret(input.oldSecret, access.now, expiresAt);
      events = await replaceCurrent(tx, token, secrets, { oldSecret: input.oldSecret, expiresAt, suffix: made.suffix });
    }
    const { organizationId } = token;
    await tx
      .insert(accessTokenSecrets)
      .values({ ...made, organizationId, accessTokenId: token.id, replaces, createdById: actor.userId });
    if (idempotencyKey) await noteSecret(tx, actor, idempotencyKey, made.hash);
    await tx
      .update(accessTokens)
      .set({ tokenSuffix: made.suffix, ...(token.leakedAt && activeAgain) })
      .where(eq(accessTokens.id, token.id));
    return { result: { token: await findAccessToken(tx, access.scope, token.id), secret }, event: events };
  });
}

/** An expiration that is kept is never refused. */
async function assertMayExpire(tx: Tx, token: AccessToken, expiresAt: Expiration, now: Date): Promise<void> {
  const [asked, kept] = [dateOf(expiresAt).getTime(), token.expiresAt.getTime()];
  if (asked === kept) return;
  assertExpiration(expiresAt, now, settings().TOKEN_MAX_LIFETIME_DAYS);
  const bounds = boundsOf(await readPolicies(tx, token));
  assertLifetime(expiresAt, now, bounds);
  if (asked > kept) assertMayProlong(token.role, bounds);
}

/** What would lock a token out whose answer is lost, or prolong it without a person. */
function assertMayAskFor({ oldSecret, expiresAt }: RotateAccessTokenInput): void {
  if (expiresAt) throw invalid("expiresAt", "An access token can't change its own expiration: a person can.");
  if (oldSecret === "now") {
    throw invalid("oldSecret", "An access token can't end its old secret before it has its new one. Say on_first_use.");
  }
}

/** Another suffix, since people tell a token's two secrets apart by it. */
function secretUnlike(suffix: string | undefined, owner: "group" | "organization"): string {
  const secret = generateSecret(owner);
  return suffix !== undefined && secret.endsWith(suffix) ? secretUnlike(suffix, owner) : secret;
}

const activeAgain = { revokedAt: null, leakedAt: null, reactivatedAt: clock };

/** Not for the token itself: a request of it may have begun before the report, by whoever has the leaked secret. */
function isRevokedAsLeaked({ status, leakedAt }: AccessToken, actor: Actor): boolean {
  return status === "revoked" && leakedAt !== null && actor.kind === "person";
}

function leakedMeanwhile(): DomainError {
  const message = "This access token was reported as leaked after this rotation had begun. Start the rotation again.";
  return new DomainError("conflict", message);
}

function notActive({ status }: AccessToken): DomainError {
  return new DomainError("conflict", `This access token is ${status}, so it can't be rotated.`);
}

/** A repeated request only replaces the secret that the first one made, and only before anybody used that. */
function unusedOf({ current }: Secrets, made: Buffer | null): StoredSecret {
  if (!current || !made?.equals(current.hash)) {
    throw new DomainError("conflict", "This rotation is over: its new secret was discarded or replaced. Start again.");
  }
  if (current.firstUsedAt) {
    throw new DomainError("conflict", "This rotation is done: its new secret has been used, and can't be shown again.");
  }
  return current;
}

/** Instead of the hash of a secret. */
const none = Buffer.alloc(0);

type Replacement = { oldSecret: OldSecret; expiresAt: Date; suffix: string };

async function replaceCurrent(
  tx: Tx,
  token: AccessToken,
  { current, previous }: Secrets,
  { oldSecret, expiresAt, suffix }: Replacement,
): Promise<AuditEvent[]> {
  const { leakedAt } = token;
  if (previous && !previous.hasEnded && !leakedAt) throw pending(previous);
  const events: AuditEvent[] = [];
  // Of a token that leaked both secrets end. Otherwise only the record of its end is missing yet.
  if (previous) events.push(retiredEvent(token, await setEnd(tx, previous, endedByNow(previous))));
  const ends = leakedAt ? "now" : oldSecret;
  const old = current && (await setEnd(tx, current, { ...endOf(ends, expiresAt), lastUsedAt: lastUseOfSingle }));
  const isProlonged = expiresAt.getTime() !== token.expiresAt.getTime();
  if (isProlonged) {
    await tx.update(accessTokens).set({ expiresAt, lifetimeFrom: clock }).where(eq(accessTokens.id, token.id));
  }
  events.push({
    action: "access_token.rotated",
    subject: token,
    detail: {
      token_suffix: suffix,
      ...(old && {
        old_token_suffix: old.suffix,
        old_secret_ends: typeof ends === "string" ? ends : "at_date",
        old_secret_ends_at: old.endsAt?.toISOString() ?? null,
      }),
      ...(leakedAt && { leaked_at: leakedAt.toISOString() }),
      ...(isProlonged && {
        previous_expires_at: token.expiresAt.toISOString(),
        expires_at: expiresAt.toISOString(),
      }),
    },
  });
  if (old && ends === "now") events.push(retiredEvent(token, old));
  return events;
}

function pending({ endsAt }: StoredSecret): DomainError {
  return new DomainError(
    "rotation_pending",
    `This access token has a new secret already, and its old one is accepted until ${endsAt?.toISOString()}. End the old secret or keep it first.`,
  );
}

function endOf(oldSecret: OldSecret, expiresAt: Date) {
  if (oldSecret === "now") return endedByHand;
  if (oldSecret !== "on_first_use") return { endsAt: dateOf(oldSecret), endsBy: "date" as const };
  const latest = sql`least(${clock} + make_interval(days => ${longestDays}), ${expiresAt.toISOString()}::timestamptz)`;
  return { endsAt: latest, endsBy: "use" as const };
}

/** For a repeated request: the old secret keeps the end that it has. */
async function replaceUnused(
  tx: Tx,
  token: AccessToken,
  { current, previous }: Secrets & { current: StoredSecret },
  suffix: string,
): Promise<AuditEvent[]> {
  const discarded = await setEnd(tx, current, endedByHand);
  const detail = {
    token_suffix: suffix,
    discarded_token_suffix: discarded.suffix,
    ...(previous && {
      old_token_suffix: previous.suffix,
      old_secret_ends_at: previous.endsAt?.toISOString() ?? null,
    }),
  };
  return [{ action: "access_token.rotated", subject: token, detail }];
}
