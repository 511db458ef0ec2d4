import type { JWTHeaderParameters, JWTPayload } from "jose";
import { importJWK, SignJWT } from "jose";
import { afterAll, beforeAll, vi } from "vitest";
import type { Person } from "@/lib/auth/actor";
import { findOrLinkPerson } from "@/lib/sign-in/identity";
import { type IdentityProvider, startIdentityProvider, type TestAccount } from "@/testing/stand-ins/identity-provider";

export const apiAudience = "https://tokens.example.com/api";

type Differs = { header?: Partial<JWTHeaderParameters>; claims?: JWTPayload };

/** Starts an identity provider for the test file. Its people may call the API with its JWTs. */
export function usePeople() {
  const accounts: TestAccount[] = [];
  let started: IdentityProvider | undefined;
  beforeAll(async () => {
    started = await startIdentityProvider(accounts, apiAudience);
    // Must happen before the settings are read.
    vi.stubEnv("OIDC_ISSUER", started.issuer);
    vi.stubEnv("OIDC_CLIENT_ID", started.clientId);
    vi.stubEnv("OIDC_CLIENT_SECRET", started.clientSecret);
    vi.stubEnv("OIDC_API_AUDIENCE", apiAudience);
  });
  afterAll(() => started?.close());
  const provider = () => {
    if (!started) throw new Error("the identity provider is started before the first test");
    return started;
  };

  /** Links the person to an account at the provider whose subject is their id, as a first sign-in would. */
  async function link({ userId, email }: Person & { email: string }): Promise<void> {
    accounts.push({ sub: userId, email });
    await findOrLinkPerson({ issuer: provider().issuer, subject: userId, email, emailVerified: true });
  }

  /** A JWT signed with the provider's key, valid for ten minutes by default. */
  async function jwtOf(subject: string, { header, claims }: Differs = {}): Promise<string> {
    const { issuer, key } = provider();
    const now = Math.floor(Date.now() / 1000);
    const standard = { iss: issuer, aud: apiAudience, sub: subject, iat: now, exp: now + 600 };
    return new SignJWT({ ...standard, ...claims })
      .setProtectedHeader({ alg: "RS256", typ: "at+jwt", kid: key().kid, ...header })
      .sign(await importJWK(key(), "RS256"));
  }

  return { provider, link, jwtOf };
}
