import { importJWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";
import type { IdentityProvider } from "@/testing/stand-ins/identity-provider";

export type Differs = { header?: Partial<JWTHeaderParameters>; claims?: JWTPayload };

/** A person's access token for the API, signed with the provider's key, valid for ten minutes by default. */
export async function signJwt(
  { issuer, key }: Pick<IdentityProvider, "issuer" | "key">,
  audience: string,
  subject: string,
  { header, claims }: Differs = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const standard = { iss: issuer, aud: audience, sub: subject, iat: now, exp: now + 600 };
  return new SignJWT({ ...standard, ...claims })
    .setProtectedHeader({ alg: "RS256", typ: "at+jwt", kid: key().kid, ...header })
    .sign(await importJWK(key(), "RS256"));
}
