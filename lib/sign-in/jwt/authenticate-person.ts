import type { Person } from "@/lib/auth/actor";
import { withReservedConnections } from "@/lib/database-deadline";
import { settings } from "@/lib/env";
import { findPersonByIdentity } from "@/lib/sign-in/identity";
import { publishedKeys } from "./issuer-keys";
import { verifyAccessJwt } from "./verify-access-jwt";

type Expected = Parameters<typeof verifyAccessJwt>[1];

let expected: Expected | undefined;

/**
 * The person linked to the account in the identity provider's JWT. Undefined for an invalid JWT and for an account that
 * is not linked, since only a sign-in links. Makes one query, after the signature is verified. Throws `unavailable` if
 * the provider's keys can't be fetched.
 */
export async function authenticatePerson(jwt: string): Promise<Person | undefined> {
  expected ??= expectedOfJwts();
  const subject = expected && (await verifyAccessJwt(jwt, expected));
  if (subject === undefined || !expected) return undefined;
  const { issuer } = expected;
  return withReservedConnections(() => findPersonByIdentity(issuer, subject));
}

/** Undefined if the operator has not enabled JWTs for the API. */
function expectedOfJwts(): Expected | undefined {
  const { OIDC_ISSUER: issuer, OIDC_API_AUDIENCE: audience, OIDC_CLIENT_ID: clientId } = settings();
  return issuer && audience && clientId ? { issuer, audience, clientId, keys: publishedKeys(issuer) } : undefined;
}
