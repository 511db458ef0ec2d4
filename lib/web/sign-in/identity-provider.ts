import { customFetch } from "next-auth";
import type { OIDCConfig } from "next-auth/providers";
import { settings } from "@/lib/env";

export const providerId = "oidc";

export function isIdentityProviderConfigured(): boolean {
  return settings().OIDC_ISSUER !== undefined;
}

/** The organization's identity provider: Authorization Code with PKCE, state and nonce. */
export function identityProvider(): OIDCConfig<{ sub: string }> {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = settings();
  return {
    id: providerId,
    name: "Your organization",
    type: "oidc",
    issuer: OIDC_ISSUER,
    clientId: OIDC_CLIENT_ID,
    clientSecret: OIDC_CLIENT_SECRET,
    checks: ["pkce", "state", "nonce"],
    // Also queries the userinfo endpoint, where the standard puts the e-mail address.
    idToken: false,
    profile: (claims) => ({ id: claims.sub }),
    [customFetch]: fetchInTime,
  };
}

function fetchInTime(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  return fetch(input, { ...init, signal: AbortSignal.timeout(10_000) });
}
