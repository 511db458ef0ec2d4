import { and, eq, not, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokenSecrets, idempotencyKeys } from "@/db/schema";
import { authenticateAccessToken } from "@/lib/access-tokens/authenticate";
import type { RotateAccessTokenInput } from "@/lib/access-tokens/rotation/input";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import { hashSecret } from "@/lib/access-tokens/secret";
import type { ExpectedRevisions } from "@/lib/errors";
import { createToken, inDays } from "../access-tokens";
import { eventsOn } from "../audit";
import { createTenant } from "../tenant";

/** A group's token that expires in a hundred days, and how its admin rotates it. */
export async function createRotationScene({ admin: isAdmin = false, expiresAt = inDays(100) } = {}) {
  const { group, ...tenant } = await createTenant();
  const { admin, scope } = group;
  const token = await createToken(admin, scope, { admin: isAdmin, expiresAt });
  return {
    ...tenant,
    group,
    admin,
    scope,
    token,
    rotate: (input: Partial<RotateAccessTokenInput> = {}, key?: string, expected?: ExpectedRevisions) =>
      rotateAccessToken(admin, token.id, { oldSecret: "on_first_use", ...input }, key, expected),
    actions: async () => (await eventsOn(token.id)).map(({ action }) => action.replace("access_token.", "")),
  };
}

export async function isGood(secret: string): Promise<boolean> {
  return (await authenticateAccessToken(secret)) !== undefined;
}

export async function storedSecret(secret: string) {
  const [row] = await db
    .select()
    .from(accessTokenSecrets)
    .where(eq(accessTokenSecrets.hash, hashSecret(secret)));
  return row;
}

/** Seconds until the secret ends, by the database's clock; null if it has no end of its own. */
export async function secondsLeft(secret: string): Promise<number | null> {
  const [row] = await db
    .select({ left: sql<number | null>`extract(epoch from ${accessTokenSecrets.endsAt} - now())::float8` })
    .from(accessTokenSecrets)
    .where(eq(accessTokenSecrets.hash, hashSecret(secret)));
  if (!row) throw new Error("the secret is gone");
  return row.left;
}

/** Moves the secret's end so that it was this long ago. */
export async function letEnd(secret: string, ago = "1 second"): Promise<void> {
  await db
    .update(accessTokenSecrets)
    .set({ endsAt: sql`now() - ${ago}::interval` })
    .where(eq(accessTokenSecrets.hash, hashSecret(secret)));
}

/** How many secrets the token has that are not retired. */
export function goodSecrets(tokenId: string): Promise<number> {
  const ofToken = eq(accessTokenSecrets.accessTokenId, tokenId);
  return db.$count(accessTokenSecrets, and(ofToken, not(accessTokenSecrets.isRetired)));
}

/** Moves the idempotency keys of the token's requests into the past, beyond their day. */
export async function letKeysEnd(tokenId: string): Promise<void> {
  await db
    .update(idempotencyKeys)
    .set({ createdAt: sql`now() - interval '25 hours'` })
    .where(eq(idempotencyKeys.accessTokenId, tokenId));
}
