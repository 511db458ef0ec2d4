import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { callerAt, enterAs, requests } from "@/lib/limits/callers";
import { createFailureLimit } from "@/lib/limits/failures";
import { consume, createLimiter } from "@/lib/limits/rate-limit";
import { networkOf } from "@/lib/network/ip-address";
import { requestContext } from "@/lib/request-context";
import type { ApiEnv, Caller } from "./env";
import { problem } from "./problem";

const perMinute = { points: 600, duration: 60 };
const ofAddress = createFailureLimit({ name: "api:address", ...perMinute });
const ofCaller = createFailureLimit({ name: "api:caller", ...perMinute });

/** Counts a bad credential against the client's address; a 429 response if there were too many. */
export function limitBadCredentials(): Response | undefined {
  const wait = ofAddress.fail(networkOf(requestContext()?.address));
  return wait === undefined ? undefined : tooMany(badCredentials, wait);
}

/**
 * A 429 response for a caller with too many refused requests, if this request may change something. It is checked
 * before the work: afterwards the response says what was done, and must not be replaced.
 */
export function limitRefused(c: Context<ApiEnv>, { actor }: Caller): Response | undefined {
  const wait = isRead(c) ? undefined : ofCaller.wait(actor.userId);
  return wait === undefined ? undefined : tooMany(requestsRefused, wait);
}

/** Counts a refused request against the caller; a refused read becomes 429 if there were too many. */
export function limitRefusals(c: Context<ApiEnv>, { actor }: Caller): void {
  const { status } = c.res;
  if (status < 400 || status >= 500 || status === 401 || status === 429) return;
  const wait = ofCaller.fail(actor.userId);
  if (wait === undefined || !isRead(c)) return;
  // Otherwise Hono would copy the headers of the replaced response.
  c.res = undefined;
  c.res = tooMany(requestsRefused, wait);
}

function isRead({ req }: Context<ApiEnv>): boolean {
  return req.method === "GET" || req.method === "HEAD";
}

const badCredentials = "Too many credentials that are not good came from this address. Good requests still pass";
const requestsRefused = "Too many requests of this caller were refused. Good requests that only read still pass";

/** The 429 response to a request that waited too long behind others of its caller. */
export function tooManyAtOnce(): Response {
  const detail =
    "Too many requests of this caller are worked on at once. Send fewer at a time, and try again in a second.";
  return problem("rate_limited", detail, { headers: { "retry-after": "1" } });
}

function tooMany(what: string, wait: number): Response {
  const seconds = `${wait} second${wait === 1 ? "" : "s"}`;
  const headers = { "retry-after": String(wait) };
  return problem("rate_limited", `${what}; try others again in ${seconds}.`, { headers });
}

/** `points` requests a minute of one network; `what` names them in the refusal. */
type NetworkLimit = { name: string; points: number; what: string };

/**
 * For routes that anybody may call, in place of `authenticated`: no credential is looked at. Limits the requests of a
 * network, in a minute and at once, before anything else is done.
 */
export function limitedByNetwork({ name, points, what }: NetworkLimit) {
  const perMinute = createLimiter(name, { points, duration: 60 });
  return createMiddleware<ApiEnv>(async (c, next) => {
    const address = requestContext()?.address;
    const place = requests.place(c.env.outgoing);
    try {
      if (!(await enterAs(callerAt(address), place))) return tooManyAtOnce();
      await consume(perMinute, networkOf(address), what);
      return await next();
    } finally {
      place.leave();
    }
  });
}
