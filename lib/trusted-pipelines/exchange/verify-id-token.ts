import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
  type ProtectedHeaderParameters,
} from "jose";
import type { StoredDifference } from "@/db/schema";
import { DomainError } from "@/lib/errors";
import { refusedHeaders } from "@/lib/issuer-keys/refused-headers";
import { log } from "@/lib/log";
import { shown, shownClaim, type Trust, textOf } from "./claims";
import { difference } from "./differences";

/** `now` is the database's clock; `keysOf` finds the keys that an issuer publishes. */
type Expected = { now: Date; audience: string; keysOf: (issuer: string) => JWTVerifyGetKey };

export type Unattributed = { reason: string } | { differences: StoredDifference[] };
/** The trusts whose keys fit, the claims, and how what any ID token has to say differs. */
export type Verified = { trusts: Trust[]; claims: JWTPayload; differences: StoredDifference[] };

const longest = 16_384;
const algorithms = ["RS256", "ES256", "EdDSA", "Ed25519"];
const clockTolerance = 30;
const longestAge = 3600;
/** Keys of one set that an ID token without a key's id is verified with. */
const mostTried = 20;

/**
 * Verifies the ID token with the keys of the trusts that have its issuer. The header is checked before any key is
 * fetched, and keys are fetched for no other issuer. Throws `unavailable` if the keys can't be had.
 */
export async function verifyIdToken(
  jwt: string,
  trusts: readonly Trust[],
  expected: Expected,
): Promise<Unattributed | Verified> {
  const decoded = decode(jwt);
  if (!decoded) return { reason: "What was sent is not a signed JSON Web Token of at most 16 KiB." };
  const wrongHeader = headerProblem(decoded.header);
  if (wrongHeader) return { reason: wrongHeader };
  const ofIssuer = trusts.filter(({ issuer }) => issuer === decoded.claims.iss);
  if (ofIssuer.length === 0) {
    const issuers = [...new Set(trusts.map(({ issuer }) => issuer))].join(" or ");
    return { differences: [{ claim: "iss", expected: shown(issuers), found: shownClaim(decoded.claims.iss) }] };
  }
  return verifyWithKeys(jwt, ofIssuer, expected);
}

function decode(jwt: string): { header: ProtectedHeaderParameters; claims: JWTPayload } | undefined {
  if (jwt.length > longest) return undefined;
  try {
    return { header: decodeProtectedHeader(jwt), claims: decodeJwt(jwt) };
  } catch {
    return undefined;
  }
}

function headerProblem(header: ProtectedHeaderParameters): string | undefined {
  const refused = refusedHeaders.find((name) => name in header);
  if (refused) return `The ID token's header has “${refused}”, with which a token brings its own key or rules.`;
  if (!algorithms.includes(header.alg ?? "")) {
    return `The ID token is signed by “${shownClaim(header.alg) ?? "nothing"}”. RS256, ES256 and EdDSA are accepted.`;
  }
  const type = "typ" in header ? header.typ : "JWT";
  if (typeof type !== "string" || !/^(?:application\/)?jwt$/i.test(type))
    return "The ID token is of another type than JWT.";
  return undefined;
}

/** Trusts with the same keys share one verification. */
async function verifyWithKeys(jwt: string, trusts: Trust[], expected: Expected): Promise<Unattributed | Verified> {
  const bySource = [
    ...Map.groupBy(trusts, ({ publicKeys }) => (publicKeys ? JSON.stringify(publicKeys) : "")).values(),
  ];
  const results = await Promise.all(bySource.map((some) => verifyAs(jwt, some, expected)));
  const verified = results.filter(isVerified);
  const [first] = verified;
  if (first) return { ...first, trusts: verified.flatMap((one) => one.trusts) };
  const unavailable = results.find((result) => result instanceof DomainError);
  if (unavailable) throw unavailable;
  const reason = results.find((result) => typeof result === "string") ?? "";
  return { reason };
}

function isVerified(result: string | DomainError | Verified): result is Verified {
  return typeof result === "object" && "claims" in result;
}

/** The reason in words if the signature does not fit, and the error if the keys can't be had. */
async function verifyAs(jwt: string, trusts: Trust[], expected: Expected): Promise<string | DomainError | Verified> {
  const [{ publicKeys, issuer } = { publicKeys: null, issuer: "" }] = trusts;
  const options = {
    algorithms,
    clockTolerance,
    currentDate: expected.now,
    maxTokenAge: longestAge,
    requiredClaims: ["exp", "iat"],
  };
  try {
    const keys = publicKeys ? pastedKeys(publicKeys) : expected.keysOf(issuer);
    const claims = await verifySignature(jwt, keys, options);
    return { trusts, claims, differences: audienceDifference(claims, expected) };
  } catch (error) {
    if (error instanceof DomainError) return error;
    // The signature was verified before the times.
    if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
      const { claim, payload } = error;
      const wrongTimes = difference(claim, expectedTime(claim, expected.now), payload);
      return { trusts, claims: payload, differences: [wrongTimes, ...audienceDifference(payload, expected)] };
    }
    if (!(error instanceof errors.JOSEError)) log.warn({ err: error, issuer }, "an ID token could not be verified");
    return error instanceof errors.JWKSNoMatchingKey
      ? `The ID token was signed with a key that ${publicKeys ? "is not among the pasted ones" : "its issuer does not publish"}.`
      : "The signature of the ID token does not fit its issuer's key.";
  }
}

async function verifySignature(jwt: string, keys: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(jwt, keys, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    // Keys without an id: each is tried, up to a number that bounds the work of one request.
    let tried = 0;
    for await (const key of error) {
      if (tried++ === mostTried) break;
      try {
        return (await jwtVerify(jwt, key, options)).payload;
      } catch (problem) {
        if (!(problem instanceof errors.JWSSignatureVerificationFailed)) throw problem;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** A pasted key without an id may be that of any ID token. */
function pastedKeys({ keys }: { keys: Record<string, unknown>[] }): JWTVerifyGetKey {
  return (header, jws) => {
    const named = keys.map((key) => ({ ...(header.kid && { kid: header.kid }), ...key, kty: String(key.kty) }));
    return createLocalJWKSet({ keys: named })(header, jws);
  };
}

/** The audience is ours alone: a token for several could have been sent here by any of them. */
function audienceDifference(claims: JWTPayload, { audience }: Expected): StoredDifference[] {
  const { aud } = claims;
  const [only, ...more] = [aud].flat();
  return only === audience && more.length === 0 ? [] : [difference("aud", audience, claims)];
}

function expectedTime(claim: string, now: Date): string {
  const at = Math.floor(now.getTime() / 1000);
  if (claim === "exp") return `a time after ${at}`;
  if (claim === "nbf") return `a time up to ${at}`;
  return `a time from ${at - longestAge} to ${at}`;
}

/** SHA-256 is made of it: what identifies an ID token that may be exchanged once. */
export function onceOnly({ providerType, issuer }: Trust, claims: JWTPayload): string | undefined {
  return providerType === "github" ? `${issuer}\0${textOf(claims, "jti")}` : undefined;
}
