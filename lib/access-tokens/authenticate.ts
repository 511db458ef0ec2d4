import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import type { TechnicalUser } from "@/lib/auth/actor";
import { type AccessToken, selectAccessTokens } from "./access-token";
import { recordUse } from "./last-used";
import { hashSecret, isWellFormedSecret } from "./secret";

export type Authenticated = { actor: TechnicalUser; token: AccessToken };

// Named, so that each connection plans it once. Nothing is cached: a revocation holds for every later request.
const bySecret = selectAccessTokens(db)
  .where(
    and(
      eq(accessTokens.secretHash, sql.placeholder("hash")),
      isNull(accessTokens.revokedAt),
      gt(accessTokens.expiresAt, sql`now()`),
    ),
  )
  .prepare("authenticate_access_token");

/**
 * The technical user behind a secret, and its token. Undefined for an unknown, revoked, expired or deleted one alike.
 * One query; none where the checksum doesn't fit.
 */
export async function authenticateAccessToken(secret: string): Promise<Authenticated | undefined> {
  if (!isWellFormedSecret(secret)) return undefined;
  const [token] = await bySecret.execute({ hash: hashSecret(secret) });
  if (!token) return undefined;
  recordUse(token);
  const { id, username } = token.technicalUser;
  return { token, actor: { kind: "technical", userId: id, name: username, accessTokenId: token.id } };
}
