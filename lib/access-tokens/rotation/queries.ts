import { and, eq, isNull, not, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokenSecrets, accessTokens, trustedPipelines } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { notFound } from "@/lib/errors";
import { findVisibleToken } from "../find";
import { lastUseBySecret, lastUseOfSingle } from "./secrets";

/** A secret as its token's page shows it. Of the retiring one, `endsAt` is when it ends at the latest. */
type ShownSecret = { tokenSuffix: string; createdAt: Date; lastUsedAt: Date | null };
export type PendingRotation = {
  current: ShownSecret;
  retiring: ShownSecret & { endsAt: Date; endsAnHourAfterFirstUse: boolean };
  /** Whether the new secret was used, so that the old one can't be kept. */
  isUsed: boolean;
};

/** The token's two secrets while a rotation is pending. Throws `not_found`. */
export async function getPendingRotation(actor: Actor, tokenId: string): Promise<PendingRotation | undefined> {
  const { token } = await findVisibleToken(db, actor, tokenId);
  if (!token.retiringSecret) return undefined;
  const secrets = await db
    .select()
    .from(accessTokenSecrets)
    .where(
      and(
        eq(accessTokenSecrets.accessTokenId, token.id),
        isNull(accessTokenSecrets.trustedPipelineId),
        not(accessTokenSecrets.isRetired),
      ),
    );
  const current = secrets.find(({ endsAt }) => !endsAt);
  const retiring = secrets.find(({ endsAt }) => endsAt);
  // Ended meanwhile.
  if (!current || !retiring?.endsAt) return undefined;
  return {
    current: shown(current),
    retiring: { ...shown(retiring), endsAt: retiring.endsAt, endsAnHourAfterFirstUse: retiring.endsBy === "use" },
    isUsed: current.firstUsedAt !== null,
  };
}

/** What can use a token, and its last use: its own secret, or both while a rotation is pending, and its pipelines. */
export type Credentials = {
  trustedPipelines: number;
  secretLastUsedAt: Date | null;
  pipelinesLastUsedAt: Date | null;
};

/** What can use the token besides its suffixes. Throws `not_found`. */
export async function getCredentials(actor: Actor, tokenId: string): Promise<Credentials> {
  const { token } = await findVisibleToken(db, actor, tokenId);
  const ofSecret = token.retiringSecret ? lastUseBySecret : lastUseOfSingle;
  const [found] = await db
    .select({
      trustedPipelines: db.$count(trustedPipelines, eq(trustedPipelines.accessTokenId, token.id)),
      secretLastUsedAt: sql<Date | null>`${ofSecret}`.mapWith(accessTokens.lastUsedAt),
      pipelinesLastUsedAt: accessTokens.pipelinesLastUsedAt,
    })
    .from(accessTokens)
    .leftJoin(
      accessTokenSecrets,
      and(eq(accessTokenSecrets.accessTokenId, accessTokens.id), isNull(accessTokenSecrets.endsAt)),
    )
    .where(eq(accessTokens.id, token.id));
  if (!found) throw notFound("This access token");
  return found;
}

function shown({ suffix, createdAt, lastUsedAt }: typeof accessTokenSecrets.$inferSelect): ShownSecret {
  return { tokenSuffix: suffix, createdAt, lastUsedAt };
}
