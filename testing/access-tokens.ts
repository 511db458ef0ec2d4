import { eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { createAccessToken } from "@/lib/access-tokens/create";
import { type Expiration, expiration } from "@/lib/access-tokens/expiration";
import type { Actor, TechnicalUser } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";

type Options = { name?: string; description?: string; admin?: boolean; expiresAt?: Expiration };
export type TestToken = AccessToken & { tokenSuffix: string; secret: string; actor: TechnicalUser };

let made = 0;

/** A command's input for a token whose details don't matter. */
export function tokenInput({ name, description, admin = false, expiresAt = inDays(30) }: Options = {}) {
  made += 1;
  return { name: name ?? `token ${made}`, description, admin, expiresAt };
}

/** Creates a token with the command; returns it with its secret and its technical user as an actor. */
export async function createToken(creator: Actor, scope: Scope, options: Options = {}): Promise<TestToken> {
  const { token, secret } = await createAccessToken(creator, scope, tokenInput(options));
  if (!secret) throw new Error("the secret was not answered");
  const { id, username } = token.technicalUser;
  const tokenSuffix = secret.slice(-4);
  return {
    ...token,
    tokenSuffix,
    secret,
    actor: { kind: "technical", userId: id, name: username, accessTokenId: token.id },
  };
}

export function inDays(days: number): Expiration {
  return expiration.parse(new Date(Date.now() + days * 86_400_000).toISOString());
}

/** Changes the token's dates: created two days ago, expired yesterday. */
export async function expire(tokenId: string): Promise<void> {
  await db
    .update(accessTokens)
    .set({ createdAt: sql`now() - interval '2 days'`, expiresAt: sql`now() - interval '1 day'` })
    .where(eq(accessTokens.id, tokenId));
}
