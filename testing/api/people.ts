import { afterAll, beforeAll, vi } from "vitest";
import type { Person } from "@/lib/auth/actor";
import { findOrLinkPerson } from "@/lib/sign-in/identity";
import { type Differs, signJwt } from "@/testing/api/person-jwt";
import { type IdentityProvider, startIdentityProvider, type TestAccount } from "@/testing/stand-ins/identity-provider";

export const apiAudience = "https://tokens.example.com/api";

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
  const jwtOf = (subject: string, differs?: Differs) => signJwt(provider(), apiAudience, subject, differs);

  return { provider, link, jwtOf };
}
