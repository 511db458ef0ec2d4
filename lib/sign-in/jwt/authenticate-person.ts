import type { Person } from "@/lib/auth/actor";
import { settings } from "@/lib/env";
import { findPersonByIdentity } from "@/lib/sign-in/identity";
import { publishedKeys } from "./issuer-keys";
import { verifyAccessJwt } from "./verify-access-jwt";

type Expected = Parameters<typeof verifyAccessJwt>[1];

let expected: Expected | undefined;

/**
 * The person whose account a JWT of the identity provider names. Undefined for one that isn't good, for whatever
 * reason, and for an account that is linked to nobody: only signing in links. Asks the database once, and only after
 * the signature. Throws `unavailable` where the provider's keys can't be had.
 */
export async function authenticatePerson(jwt: string): Promise<Person | undefined> {
  expected ??= expectedOfJwts();
  const subject = expected && (await verifyAccessJwt(jwt, expected));
  return subject === undefined || !expected ? undefined : findPersonByIdentity(expected.issuer, subject);
}

/** Undefined where people don't call the API with JWTs. */
function expectedOfJwts(): Expected | undefined {
  const { OIDC_ISSUER: issuer, OIDC_API_AUDIENCE: audience, OIDC_CLIENT_ID: clientId } = settings();
  return issuer && audience && clientId ? { issuer, audience, clientId, keys: publishedKeys(issuer) } : undefined;
}
