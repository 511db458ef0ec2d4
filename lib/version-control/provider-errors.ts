import { DomainError, type ErrorCode } from "@/lib/errors";
import type { GuardedFetch } from "@/lib/guarded-http/guarded-fetch";

const leastWait = 1;
const mostWait = 3600;
const usualWait = 60;

/** A provider's refusal, in words that a group admin can act on. */
export function refused(code: ErrorCode, message: string): DomainError {
  return new DomainError(code, message);
}

export function notRecognized(what: string): DomainError {
  return refused(
    "provider_not_recognized",
    `The server does not answer like ${what}. Check the provider's type and URL.`,
  );
}

/** A fetch that throws for what any provider may answer: too many requests, a fault of its own, something that isn't JSON. */
export function judged(fetch: GuardedFetch, what: string): GuardedFetch {
  return async (request) => {
    const response = await fetch(request);
    const { status, headers } = response;
    if (isRateLimited(response)) throw rateLimited(headers);
    if (status >= 500)
      throw refused("provider_unreachable", `The server is there but out of order (${status}). Try again later.`);
    if (status === 204) return response;
    const text = await response.text();
    if (!isJson(text) || (response.ok && !/json/i.test(headers.get("content-type") ?? ""))) throw notRecognized(what);
    return new Response(text, { status, headers });
  };
}

/** What an answer says, for looking at, never for repeating. */
export function wordsOf(error: unknown): string {
  return JSON.stringify(error ?? "");
}

function isRateLimited({ status, headers }: Response): boolean {
  if (status === 429) return true;
  return status === 403 && (headers.get("x-ratelimit-remaining") === "0" || headers.has("retry-after"));
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

function secondsToWait(headers: Headers): number {
  const given = headers.get("retry-after");
  const reset = headers.get("x-ratelimit-reset") ?? headers.get("ratelimit-reset");
  const seconds = given ? secondsUntil(given) : Number(reset) - Date.now() / 1000 || usualWait;
  return Math.min(mostWait, Math.max(leastWait, Math.ceil(Number.isFinite(seconds) ? seconds : usualWait)));
}

function secondsUntil(given: string): number {
  return /^\d+$/.test(given) ? Number(given) : (Date.parse(given) - Date.now()) / 1000;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
