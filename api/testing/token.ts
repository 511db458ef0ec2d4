import type { AccessToken } from "@/lib/access-tokens/access-token";
import { createAccessToken } from "@/lib/access-tokens/create";
import { expiration } from "@/lib/access-tokens/expiration";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";

type Options = { name?: string; admin?: boolean; livesFor?: number };

let made = 0;

/** Makes a token; `livesFor` in milliseconds, an hour by default. */
export async function createToken(
  actor: Actor,
  scope: Scope,
  { name = `token ${++made}`, admin = false, livesFor = 3_600_000 }: Options = {},
): Promise<{ token: AccessToken; secret: string }> {
  const expiresAt = expiration.parse(new Date(Date.now() + livesFor).toISOString());
  const { token, secret } = await createAccessToken(actor, scope, { name, expiresAt, admin });
  if (!secret) throw new Error("the secret was not answered");
  return { token, secret };
}
