import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { findVisibleToken } from "../find";
import { isActive, isNoticed, margin, noticeDays, policiesInForce, since } from "./due";

/** `days` is the policy's number. The job that revokes comes within minutes after `at`. */
export type ComingRevocation = { at: Date; days: number };

const earliest = sql`greatest(
  ${since} + make_interval(days => policy.days) + ${margin},
  ${accessTokens.idleNoticedAt} + make_interval(days => ${noticeDays}))`;

/**
 * When a policy will revoke the token unless it is used. Undefined before its admins are notified of that, and
 * for a token that expires before. Throws `not_found`.
 */
export async function getComingRevocation(actor: Actor, tokenId: string): Promise<ComingRevocation | undefined> {
  const { token } = await findVisibleToken(db, actor, tokenId);
  const [found] = await db
    .select({ at: earliest.mapWith(accessTokens.createdAt), days: sql`policy.days`.mapWith(Number) })
    .from(accessTokens)
    .innerJoin(sql`(${policiesInForce}) as policy`, sql`policy.owner_id = ${accessTokens.ownerId}`)
    .where(sql`${accessTokens.id} = ${token.id} and ${isActive} and ${isNoticed}
      and ${earliest} < ${accessTokens.expiresAt}`);
  return found;
}
