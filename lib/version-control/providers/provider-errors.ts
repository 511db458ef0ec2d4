import { z } from "zod";
import { DomainError, type ErrorCode } from "@/lib/errors";
import type { GuardedFetch } from "@/lib/guarded-http/guarded-fetch";

const leastWait = 1;
const mostWait = 3600;
const usualWait = 60;
/** Characters. The reason is at the beginning, and matching a longer text could be made slow. */
const mostWords = 2000;

/** A provider's refusal, with a message that a group admin can act on. */
export function refused(code: ErrorCode, message: string): DomainError {
  return new DomainError(code, message);
}

export function notRecognized(what: string): DomainError {
  return refused(
    "provider_not_recognized",
    `The server does not answer like ${what}. Check the provider's type and URL.`,
  );
}

type RefusalOf = (response: Response, body: unknown) => DomainError | undefined;

/**
 * A fetch that throws for errors of any request: rate limits, the provider's own faults, responses that aren't JSON,
 * and the refusals that `refusalOf` returns.
 */
export function withRefusals(fetch: GuardedFetch, what: string, refusalOf: RefusalOf): GuardedFetch {
  return async (request) => {
    const response = await fetch(request);
    const { status, headers } = response;
    if (status === 204) return response;
    const text = await response.text();
    const body = parsed(text);
    if (isRateLimited(response, body)) throw rateLimited(headers);
    if (status >= 500) throw outOfOrder(response);
    if (body === undefined || (response.ok && !/json/i.test(headers.get("content-type") ?? "")))
      throw notRecognized(what);
    const refusal = refusalOf(response, body);
    if (refusal) throw refusal;
    return new Response(text, { status, headers });
  };
}

const said = z
  .object({
    message: z.unknown(),
    error: z.unknown(),
    error_description: z.unknown(),
    errors: z.unknown(),
  })
  .partial();

/** The message of a response, for matching only, never to be repeated. Other properties, such as links, are ignored. */
export function wordsOf(body: unknown): string {
  const { message, error, error_description, errors } = said.safeParse(body).data ?? {};
  return [message, error, error_description, errors]
    .flatMap((one) => (one === undefined || one === null ? [] : typeof one === "string" ? one : JSON.stringify(one)))
    .join(" ")
    .slice(0, mostWords);
}

// GitHub's secondary limit is recognizable only by its message: the headers count the primary one.
const limitWords = /(?:secondary|api) rate limit|rate limit exceeded|abuse detection/i;

function isRateLimited({ status, headers }: Response, body: unknown): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return headers.get("x-ratelimit-remaining") === "0" || headers.has("retry-after") || limitWords.test(wordsOf(body));
}

function isUsedUp(headers: Headers): boolean {
  return (headers.get("x-ratelimit-remaining") ?? headers.get("ratelimit-remaining")) === "0";
}

function outOfOrder({ status, headers }: Response): DomainError {
  const message = `The server is there but out of order (${status}). Try again later.`;
  return new DomainError("provider_unreachable", message, {
    retryAfter: headers.has("retry-after") ? secondsToWait(headers) : undefined,
  });
}

function rateLimited(headers: Headers): DomainError {
  const retryAfter = secondsToWait(headers);
  return new DomainError(
    "rate_limited",
    `The provider has had too many requests. Try again in ${retryAfter} seconds.`,
    {
      retryAfter,
    },
  );
}

/** Retry-After (RFC 9110, 10.2.3); else the time until an exhausted limit resets; else GitHub's advised minute. */
function secondsToWait(headers: Headers): number {
  const given = headers.get("retry-after");
  const reset = headers.get("x-ratelimit-reset") ?? headers.get("ratelimit-reset");
  const untilReset = reset !== null && isUsedUp(headers) ? Number(reset) - Date.now() / 1000 : usualWait;
  const seconds = given ? secondsUntil(given) : untilReset;
  return Math.min(mostWait, Math.max(leastWait, Math.ceil(Number.isFinite(seconds) ? seconds : usualWait)));
}

function secondsUntil(given: string): number {
  return /^\d+$/.test(given) ? Number(given) : (Date.parse(given) - Date.now()) / 1000;
}

/** Undefined if the text isn't JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A pattern for a provider's message, and our own code and message for it. */
export type Refusal = readonly [said: RegExp, code: ErrorCode, message: string];

export function refusalFor(refusals: readonly Refusal[], words: string): DomainError | undefined {
  const [, code, message] = refusals.find(([said]) => said.test(words)) ?? [];
  return code && message ? refused(code, message) : undefined;
}
