import { createMiddleware } from "hono/factory";
import { callerAt, enterAs, requests } from "@/lib/limits/callers";
import { consume, createLimiter } from "@/lib/limits/rate-limit";
import { networkOf } from "@/lib/network/ip-address";
import { requestContext } from "@/lib/request-context";
import type { ApiEnv } from "./env";
import { tooManyAtOnce } from "./rate-limit";

/** `points` requests a minute of one network; `what` names them in the refusal. */
type Limit = { name: string; points: number; what: string };

/**
 * For routes that anybody may call, in place of `authenticated`: no credential is looked at. Limits the requests of a
 * network, in a minute and at once, before anything else is done.
 */
export function limitedByNetwork({ name, points, what }: Limit) {
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
