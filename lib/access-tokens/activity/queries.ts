import { and, asc, eq, gte, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { givenId } from "@/db/ids";
import { accessTokens, accessTokenUses, auditEvents } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { authorize } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import type { AccessToken } from "../access-token";
import { getAccessToken } from "../queries";
import { keptDays } from "../uses/write";

/** `network` is an IPv4 /24 or an IPv6 /48, `client` the product that its user agent names, if any. */
export type NetworkUse = { network: string; client: string | null; lastUsedAt: Date };
export type DayOfUses = { day: string; uses: number };

/** The token, and the networks of its latest uses, newest first. Throws `not_found`, as `getAccessToken` does. */
export async function getTokenWithNetworks(
  actor: Actor,
  tokenId: string,
  within?: Scope,
): Promise<AccessToken & { lastUsedFrom: NetworkUse[] }> {
  const token = await getAccessToken(actor, tokenId, within);
  return { ...token, lastUsedFrom: await networksOf(token.id) };
}

/** The networks of the token's latest uses, and its uses on each of the last 30 days in UTC. Throws `not_found`. */
export async function getTokenActivity(
  actor: Actor,
  tokenId: string,
  within?: Scope,
): Promise<{ lastUsedFrom: NetworkUse[]; days: DayOfUses[] }> {
  const { id, lastUsedFrom } = await getTokenWithNetworks(actor, tokenId, within);
  return { lastUsedFrom, days: await daysOf(id) };
}

/** Who revoked the token. Undefined if it is not revoked, or if its log does not say. Throws what `authorize` throws. */
export async function getRevoker(
  actor: Actor,
  scope: Scope,
  { id, revokedAt }: Pick<AccessToken, "id" | "revokedAt">,
): Promise<{ id: string; name: string } | undefined> {
  await authorize(db, actor, scope, "audit:read");
  if (!revokedAt) return undefined;
  // The event has the name of that time, also of people who have left. It is among the first since the revocation, so
  // the index by subject finds it at once.
  const [event] = await db
    .select({ id: auditEvents.actorId, name: auditEvents.actorName })
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.ownerId, ownerOf(scope)),
        eq(auditEvents.subjectId, givenId(id)),
        gte(auditEvents.occurredAt, revokedAt),
        eq(auditEvents.action, "access_token.revoked"),
      ),
    )
    .orderBy(asc(auditEvents.occurredAt), asc(auditEvents.id))
    .limit(1);
  return event;
}

async function networksOf(tokenId: string): Promise<NetworkUse[]> {
  const [row] = await db
    .select({ from: accessTokens.lastUsedFrom })
    .from(accessTokens)
    .where(eq(accessTokens.id, tokenId));
  return (row?.from ?? []).map((one) => ({ ...one, lastUsedAt: new Date(one.lastUsedAt) }));
}

async function daysOf(tokenId: string): Promise<DayOfUses[]> {
  const { rows } = await db.execute<{ day: string; uses: string }>(sql`
    select to_char(kept.day, 'YYYY-MM-DD') as day, coalesce(counted.uses, 0)::text as uses
    from generate_series(0, ${keptDays - 1}::int) as age,
      lateral (select (now() at time zone 'UTC')::date - age as day) as kept
      left join ${accessTokenUses} as counted on counted.access_token_id = ${tokenId} and counted.day = kept.day
    order by kept.day`);
  return rows.map(({ day, uses }) => ({ day, uses: Number(uses) }));
}
