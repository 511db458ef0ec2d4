import type { Context } from "hono";
import { createFailureLimit } from "@/lib/auth/failures";
import { networkOf } from "@/lib/auth/network-of";
import { requestContext } from "@/lib/request-context";
import type { ApiEnv, Caller } from "./env";
import { problem } from "./problem";

const perMinute = { points: 600, duration: 60 };
const ofAddress = createFailureLimit({ name: "api:address", ...perMinute });
const ofCaller = createFailureLimit({ name: "api:caller", ...perMinute });

// What a proxy forwards may be anything; no address is longer.
const longestAddress = 64;

/** Counts a credential that isn't good against the address it came from, and answers 429 where there were too many. */
export function limitBadCredentials(c: Context<ApiEnv>): Response | undefined {
  const wait = ofAddress.fail(networkOf(addressOf(c)));
  return wait === undefined ? undefined : tooMany("credentials that are not good came from this address", wait);
}

/** Counts a refused request against who asked, and puts 429 in place of the refusal where there were too many. */
export function limitRefusals(c: Context<ApiEnv>, { actor }: Caller): void {
  const { status } = c.res;
  if (status < 400 || status >= 500 || status === 401 || status === 429) return;
  const wait = ofCaller.fail(actor.userId);
  if (wait === undefined) return;
  // Hono would carry over the headers of the answer that it replaces.
  c.res = undefined;
  c.res = tooMany("requests of this caller were refused", wait);
}

/** Where the request came from, as far as that is known. */
export function addressOf(c: Context<ApiEnv>): string {
  const address = requestContext()?.address ?? c.env.incoming.socket.remoteAddress ?? "unknown";
  return address.slice(0, longestAddress);
}

/** Answers 429 to a request for which there was no place in time: others of its caller are worked on. */
export function tooManyAtOnce(): Response {
  const detail =
    "Too many requests of this caller are worked on at once. Send fewer at a time, and try again in a second.";
  return problem("rate_limited", detail, { headers: { "retry-after": "1" } });
}

function tooMany(what: string, wait: number): Response {
  const seconds = `${wait} second${wait === 1 ? "" : "s"}`;
  const headers = { "retry-after": String(wait) };
  return problem("rate_limited", `Too many ${what}. Good requests still pass; try others again in ${seconds}.`, {
    headers,
  });
}
