import type { Actor } from "@/lib/auth/actor";
import { DomainError } from "@/lib/errors";
import { createPlaces } from "./places";
import { consume, createLimiter } from "./rate-limit";

type Call = { actor: Actor; organizationId: string };

const perMinute = { points: 30, duration: 60 };
/** Milliseconds. Long enough for the runners of ten sessions that start at once. */
const maxWait = 5000;
const retryAfter = 5;

const ofCaller = createLimiter("provider-calls:caller", perMinute);
const ofOrganization = createPlaces({ name: "provider-calls", places: 2, maxWait });

/**
 * Runs a call to a provider on behalf of an actor, such as a check or a registration. Throws `rate_limited` before the
 * call if the actor made 30 in a minute, or if two of the organization stay in progress for five seconds, across all
 * instances. Call it after validation that needs no provider, so that invalid input does not use up the limit.
 */
export async function asProviderCall<T>({ actor, organizationId }: Call, work: () => Promise<T>): Promise<T> {
  await consume(ofCaller, actor.userId, "checks and registrations at providers");
  const done = await ofOrganization.withPlace(organizationId, work);
  if (!done) throw tooManyAtOnce();
  return done.result;
}

/**
 * The same for a call of the background, which has no caller to limit. Returns undefined, without the call, if two of the
 * organization stay in progress.
 */
export function asBackgroundProviderCall<T>(
  organizationId: string,
  work: () => Promise<T>,
): Promise<{ result: T } | undefined> {
  return ofOrganization.withPlace(organizationId, work);
}

function tooManyAtOnce(): DomainError {
  const message = `Two checks or registrations of this organization are under way at providers, which is the most at a time. Try again in ${retryAfter} seconds.`;
  return new DomainError("rate_limited", message, { retryAfter });
}
