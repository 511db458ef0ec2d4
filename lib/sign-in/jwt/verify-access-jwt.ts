import { decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { DomainError } from "@/lib/errors";
import { refusedHeaders } from "@/lib/issuer-keys/refused-headers";
import { log } from "@/lib/log";
import { oneSpelling } from "@/lib/sign-in/identity";

type Expected = { issuer: string; audience: string; clientId: string; keys: JWTVerifyGetKey };

const longest = 8192;
const algorithms = ["RS256", "PS256", "ES256", "EdDSA"];
const clockTolerance = 30;
/** RFC 9068, 2.1. Many providers give their access tokens the plain type, or none. */
const accessTokenTypes = ["at+jwt", "application/at+jwt"];
const types = [...accessTokenTypes, "jwt", "application/jwt", ""];

/** The `sub` of a valid access token; undefined for any other JWT. A DomainError thrown by `keys` passes through. */
export async function verifyAccessJwt(jwt: string, expected: Expected): Promise<string | undefined> {
  const type = jwt.length > longest ? undefined : acceptedType(jwt);
  if (type === undefined) return undefined;
  try {
    const { audience, keys } = expected;
    const requiredClaims = ["iss", "sub", "exp"];
    const { payload } = await jwtVerify(jwt, keys, { algorithms, audience, clockTolerance, requiredClaims });
    return isIssuedBy(expected.issuer, payload) && !isIdToken(type, payload, expected) ? subjectOf(payload) : undefined;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    if (error instanceof errors.JOSEError) log.debug({ code: error.code }, "a JWT was refused");
    else log.warn({ err: error }, "a JWT could not be verified with the identity provider's key");
    return undefined;
  }
}

/** The header is checked before any key is fetched. */
function acceptedType(jwt: string): string | undefined {
  try {
    const header = decodeProtectedHeader(jwt);
    // Only an absent type is allowed to be missing; one that is not a string is refused.
    const type = "typ" in header ? header.typ?.toLowerCase() : "";
    return type !== undefined && types.includes(type) && !refusedHeaders.some((name) => name in header)
      ? type
      : undefined;
  } catch {
    return undefined;
  }
}

function isIssuedBy(issuer: string, { iss = "" }: JWTPayload): boolean {
  return URL.canParse(iss) && oneSpelling(iss) === oneSpelling(issuer);
}

/** An ID token's audience is the client that people sign in with, and may include others. */
function isIdToken(type: string, { aud = [] }: JWTPayload, { clientId }: Expected): boolean {
  return !accessTokenTypes.includes(type) && [aud].flat().includes(clientId);
}

/** PostgreSQL's text can't hold NUL. */
function subjectOf({ sub }: JWTPayload): string | undefined {
  return typeof sub === "string" && sub !== "" && !sub.includes("\0") ? sub : undefined;
}
