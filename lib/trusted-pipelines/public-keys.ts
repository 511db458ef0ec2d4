import { importJWK, type JWK } from "jose";
import { z } from "zod";
import { invalid } from "@/lib/errors";

const mostKeys = 20;
/** Characters of the JWKS as JSON. */
export const longestKeySet = 64 * 1024;

/** RFC 7518, 6.2.2, 6.3.2 and 6.4.1. */
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const algorithms = ["RS256", "ES256", "EdDSA", "Ed25519"];
/** What a key is stored with. The rest, such as addresses of certificates, is dropped. */
const kept = ["kty", "kid", "alg", "use", "n", "e", "crv", "x", "y"];
/** Bytes. Verifying with a longer key, or with a long exponent, takes as long as hundreds of usual ones. */
const leastModulus = 256;
const mostModulus = 1024;
const mostExponent = 4;

const key = z.record(z.string(), z.unknown()).superRefine((jwk, context) => {
  const problem = problemOf(jwk);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

const howTo = 'Give a JSON Web Key Set, such as {"keys": […]}, as the provider publishes it.';

/** A JWKS of public keys with which ID tokens may be signed. Other members than those of public keys are dropped. */
export const publicKeys = z
  .strictObject(
    {
      keys: z
        .array(key, { error: howTo })
        .min(1, "Give at least one key.")
        .max(mostKeys, `Give at most ${mostKeys} keys.`)
        .meta({ description: "JSON Web Keys; members that are no part of a public key are dropped" }),
    },
    { error: howTo },
  )
  .refine((set) => JSON.stringify(set).length <= longestKeySet, `Use at most ${longestKeySet / 1024} KiB.`)
  .transform(({ keys }) => ({ keys: keys.map(publicPart) }));

type PublicKeys = z.output<typeof publicKeys>;

function problemOf(jwk: Record<string, unknown>): string | undefined {
  if (privateMembers.some((name) => name in jwk)) {
    return "This key is private. Give public keys only, and replace this one at the provider: it is no longer secret.";
  }
  if (typeof jwk.alg === "string" && !algorithms.includes(jwk.alg)) {
    return `Keys for ${jwk.alg.slice(0, 20)} are not used. Give keys for RS256, ES256 or EdDSA.`;
  }
  if (jwk.use !== undefined && jwk.use !== "sig") return "This key is not for signatures.";
  const isUsed =
    (jwk.kty === "RSA" && hasUsableLength(jwk)) ||
    (jwk.kty === "EC" && jwk.crv === "P-256") ||
    (jwk.kty === "OKP" && jwk.crv === "Ed25519");
  return isUsed
    ? undefined
    : "Give public RSA keys of 2,048 to 8,192 bits with a usual exponent, or keys on P-256 or Ed25519.";
}

function hasUsableLength({ n, e }: Record<string, unknown>): boolean {
  if (typeof n !== "string" || typeof e !== "string") return false;
  const bytes = Buffer.from(n, "base64url").length;
  return bytes >= leastModulus && bytes <= mostModulus && Buffer.from(e, "base64url").length <= mostExponent;
}

function publicPart(jwk: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(jwk).flatMap(([name, value]) =>
      kept.includes(name) && typeof value === "string" ? [[name, value]] : [],
    ),
  );
}

/** Throws `invalid` on `publicKeys` for a key that can't be used, which its schema does not tell. */
export async function assertImportable({ keys }: PublicKeys): Promise<void> {
  for (const [place, jwk] of keys.entries()) {
    try {
      await importJWK(jwk satisfies JWK, algorithmOf(jwk));
    } catch {
      throw invalid("publicKeys", `Key ${place + 1} is not a key. Copy the key set anew.`);
    }
  }
}

function algorithmOf({ kty }: Record<string, unknown>): string {
  if (kty === "EC") return "ES256";
  return kty === "OKP" ? "EdDSA" : "RS256";
}
