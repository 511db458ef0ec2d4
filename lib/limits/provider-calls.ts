import type { Actor } from "@/lib/auth/actor";
import { DomainError } from "@/lib/errors";
import { createPlaces } from "./places";
import { consume, createLimiter } from "./rate-limit";

type Call = { actor: Actor; organizationId: string };

const perMinute = { points: 30, duration: 60 };
/** An answer within a few seconds, and time enough for the runners of ten sessions that begin at once. */
const maxWait = 5000;
const retryAfter = 5;

const ofCaller = createLimiter("provider-calls:caller", perMinute, { remembers: true });
const ofOrganization = createPlaces({ name: "provider-calls", places: 2, maxWait });

/**
 * Runs what somebody asks of a provider: a check of a credential, a registration of a runner. Throws `rate_limited`
 * before it where the caller has had 30 in a minute, or where two of the organization stay under way for five seconds;
 * all instances count together. Checks that need no provider come first, and cost nothing of it.
 */
export async function asProviderCall<T>({ actor, organizationId }: Call, work: () => Promise<T>): Promise<T> {
  await consume(ofCaller, actor.userId, "checks and registrations at providers");
  const done = await ofOrganization.withPlace(organizationId, work);
  if (!done) throw tooManyAtOnce();
  return done.result;
}

function tooManyAtOnce(): DomainError {
  const message = `Two checks or registrations of this organization are under way at providers, which is the most at a time. Try again in ${retryAfter} seconds.`;
  return new DomainError("rate_limited", message, { retryAfter });
}
