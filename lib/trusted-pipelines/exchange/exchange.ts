import { asc, eq, sql } from "drizzle-orm";
import type { JWTPayload } from "jose";
import { LRUCache } from "lru-cache";
import { db } from "@/db/client";
import { givenId } from "@/db/ids";
import { accessTokens, trustedPipelines, users } from "@/db/schema";
import { DomainError } from "@/lib/errors";
import { createFailureLimit } from "@/lib/limits/failures";
import { consume, createLimiter } from "@/lib/limits/rate-limit";
import { networkOf } from "@/lib/network/ip-address";
import { publicAddress } from "@/lib/process/public-address";
import { requestContext } from "@/lib/request-context";
import { allowing, jobOf, shown, type Trust } from "./claims";
import { differences } from "./differences";
import { ExchangeRefused, type Issued, issueSecret, type NamedToken } from "./issue";
import { issuerKeys } from "./issuer-keys";
import { type Refusal, recordRefusedExchange } from "./refuse";
import { type Verified, verifyIdToken } from "./verify-id-token";

/** `clientId` is the access token's id, `subjectToken` the job's ID token. */
type Given = { clientId: string; subjectToken: string };

const refusals = createFailureLimit({ name: "exchanges:refused", points: 30, duration: 60 });
const successes = createLimiter("exchanges", { points: 600, duration: 60 });

/** Refusals for other texts are counted together: a key of the count may not be long, nor hold NUL. */
const tokenId = /^\w{1,64}$/;
const shownUnavailable = new LRUCache<string, true>({ max: 10_000, ttl: 60_000 });

/**
 * Exchanges a job's ID token for a short-lived secret of the access token. Undefined for every refusal alike; its reason
 * is recorded for the token's admins. Throws `unavailable` if the issuer's keys can't be had, and `rate_limited`.
 */
export async function exchangeIdToken({ clientId, subjectToken }: Given): Promise<Issued | undefined> {
  const refusedFrom = `${tokenId.test(clientId) ? clientId : ""} ${networkOf(requestContext()?.address)}`;
  limitRefused(refusals.wait(refusedFrom));
  const named = await findNamed(clientId);
  const done = named && (await attempt(named, subjectToken).catch((error) => showUnavailable(named.token, error)));
  if (done && "secret" in done) return done;
  // Counted afterwards, so that jobs that are exchanged at the same time don't use it up.
  limitRefused(refusals.fail(refusedFrom));
  if (done) await recordRefusedExchange(named.token, done);
  return undefined;
}

/** This refusal an admin can often mend, so the page shows it too, once in a while. */
async function showUnavailable(token: NamedToken, error: unknown): Promise<never> {
  if (error instanceof DomainError && error.code === "unavailable" && !shownUnavailable.has(token.id)) {
    shownUnavailable.set(token.id, true);
    const why = error.cause instanceof DomainError ? ` ${error.cause.message}` : "";
    await recordRefusedExchange(token, { reason: shown(`The issuer's keys can't be had.${why}`) });
  }
  throw error;
}

function limitRefused(retryAfter: number | undefined): void {
  if (retryAfter === undefined) return;
  const message = `Too many exchanges for this access token were refused. Try again in ${retryAfter} seconds.`;
  throw new DomainError("rate_limited", message, { retryAfter });
}

type Named = { token: NamedToken; trusts: [Trust, ...Trust[]]; now: Date };

/** An unknown token and one without trusts are undefined alike: the same query, with nothing after it. */
async function findNamed(clientId: string): Promise<Named | undefined> {
  const { id, name, organizationId, groupId, technicalUserId } = accessTokens;
  const rows = await db
    .select({
      token: { id, name, organizationId, groupId, technicalUserId, username: users.name },
      trust: trustedPipelines,
      now: sql`statement_timestamp()`.mapWith(accessTokens.createdAt),
    })
    .from(accessTokens)
    .innerJoin(users, eq(users.id, technicalUserId))
    .innerJoin(trustedPipelines, eq(trustedPipelines.accessTokenId, id))
    .where(eq(id, givenId(clientId)))
    .orderBy(asc(trustedPipelines.createdAt), asc(trustedPipelines.id));
  const [first, ...more] = rows;
  return first && { token: first.token, now: first.now, trusts: [first.trust, ...more.map(({ trust }) => trust)] };
}

async function attempt({ token, trusts, now }: Named, subjectToken: string): Promise<Issued | Refusal> {
  const verified = await verifyIdToken(subjectToken, trusts, {
    now,
    audience: publicAddress(),
    keysOf: (issuer) => issuerKeys(token.organizationId, issuer),
  });
  if (!("claims" in verified)) return verified;
  const { claims } = verified;
  const { trust, differing } = closest(verified);
  const job = jobOf(trust.providerType, claims);
  if (verified.differences.length > 0) return { differences: verified.differences, job };
  if (differing.length > 0) return { differences: differing, job, allows: helpful(allowing(trust, claims), claims) };
  await consume(successes, token.id, "exchanges for this access token");
  return issue(token, trust, claims);
}

/** Null where the job would be refused by such a trust too. */
function helpful(allows: ReturnType<typeof allowing>, claims: JWTPayload) {
  return allows && differences(allows, claims).length === 0 ? allows : null;
}

/** The trust that means the job, or else the one that differs least from it. */
function closest({ trusts, claims }: Verified) {
  const [first, ...more] = trusts.map((trust) => ({ trust, differing: differences(trust, claims) }));
  if (!first) throw new Error("an ID token was verified without a trust");
  return more.reduce((best, one) => (one.differing.length < best.differing.length ? one : best), first);
}

async function issue(token: NamedToken, trust: Trust, claims: JWTPayload): Promise<Issued | Refusal> {
  const job = jobOf(trust.providerType, claims);
  try {
    return await issueSecret(token, trust, { claims, job });
  } catch (error) {
    if (error instanceof ExchangeRefused) return { reason: error.message, job };
    throw error;
  }
}
