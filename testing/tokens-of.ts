import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { IdentityProvider } from "@/testing/stand-ins/identity-provider";

const tokens = z.object({ id_token: z.string(), access_token: z.string() });

/** Signs in at the identity provider as a browser would, and returns the tokens for the resource. */
export async function tokensOf(provider: IdentityProvider, subject: string, resource: string) {
  const { issuer, clientId, clientSecret, redirectUri } = provider;
  const verifier = randomBytes(32).toString("base64url");
  const asked = new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    redirect_uri: redirectUri,
    scope: "openid",
    resource,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const browse = browser(issuer);
  const page = await browse(`/auth?${asked}`);
  const chosen = await browse(page, { method: "POST", body: new URLSearchParams({ as: subject }) });
  const code = new URL(await browse(chosen)).searchParams.get("code") ?? "";
  const answer = await fetch(`${issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      resource,
    }),
  });
  return tokens.parse(await answer.json());
}

/** A minimal browser: keeps cookies, and returns each redirect's target. */
function browser(base: string) {
  const cookies = new Map<string, string>();
  return async (path: string, init: RequestInit = {}): Promise<string> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(new URL(path, base), { ...init, headers: { cookie }, redirect: "manual" });
    for (const [name = "", value = ""] of response.headers.getSetCookie().map((one) => one.split(/[=;]/)))
      cookies.set(name, value);
    const next = response.headers.get("location");
    if (!next) throw new Error(`${path} answered ${response.status} and leads nowhere`);
    return next;
  };
}
