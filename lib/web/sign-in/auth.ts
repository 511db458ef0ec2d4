import NextAuth, { type Account, type NextAuthConfig, type Profile } from "next-auth";
import { recordFailedSignIn } from "@/lib/audit/failed-sign-in";
import { settings } from "@/lib/env";
import { log } from "@/lib/log";

import { findOrLinkPerson, readClaims } from "@/lib/sign-in/identity";
import { callbackPath, signInPath } from "@/lib/web/callback-path";
import { sessionCookie } from "@/lib/web/session-cookie";
import { adapter } from "./auth-adapter";
import { identityProvider, isIdentityProviderConfigured, providerId } from "./identity-provider";

/** next-auth implements OpenID Connect. Sessions and local accounts are our own: lib/sign-in, lib/web/session.ts. */
const { handlers, signIn } = NextAuth(
  (): NextAuthConfig => ({
    adapter,
    providers: isIdentityProviderConfigured() ? [identityProvider()] : [],
    secret: settings().AUTH_SECRET,
    // Safe: our server overwrites the headers that contain the host.
    trustHost: true,
    basePath: "/api/auth",
    pages: { signIn: "/sign-in", error: "/sign-in" },
    cookies: { sessionToken: sessionCookie() },
    callbacks: { signIn: admit, redirect: stayOnSite },
    logger: {
      error: (error) => log.error({ err: error }, "sign-in with the identity provider failed"),
      warn: (code) => log.warn({ code }, "next-auth warns"),
      debug: () => {},
    },
  }),
);

export { handlers };

/** Redirects to the identity provider, which redirects back to us and then to the path. */
export async function signInWithOrganization(path: string): Promise<never> {
  return signIn(providerId, { redirectTo: path });
}

/** Finds or links the person. A refusal is the URL of a page to show. */
async function admit({ account, profile }: { account?: Account | null; profile?: Profile }): Promise<boolean | string> {
  const claims = readClaims(claimsOf(account?.id_token), profile ?? {});
  const found = await findOrLinkPerson({ issuer: settings().OIDC_ISSUER ?? "", ...claims });
  if (typeof found === "string") {
    log.info({ reason: found, method: "identity provider" }, "sign-in refused");
    if (claims.email) recordFailedSignIn(claims.email, { method: "identity provider", reason: found });
    return signInPath(null, found);
  }
  log.info({ userId: found.userId, method: "identity provider" }, "signed in");
  return true;
}

/** The claims of an ID token that next-auth has validated. */
function claimsOf(idToken: string | undefined): object {
  const payload = idToken?.split(".")[1];
  return payload ? JSON.parse(Buffer.from(payload, "base64url").toString()) : {};
}

function stayOnSite({ url, baseUrl }: { url: string; baseUrl: string }): string {
  return baseUrl + callbackPath(url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url);
}
