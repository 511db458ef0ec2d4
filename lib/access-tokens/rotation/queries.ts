import { and, eq, isNull, not } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokenSecrets } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { findVisibleToken } from "../find";

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

function shown({ suffix, createdAt, lastUsedAt }: typeof accessTokenSecrets.$inferSelect): ShownSecret {
  return { tokenSuffix: suffix, createdAt, lastUsedAt };
}
