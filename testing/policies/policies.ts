import { eq, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens, policies } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { noPolicy, type Policy } from "@/lib/policies/policy";
import { getPolicy } from "@/lib/policies/queries";
import { savePolicy } from "@/lib/policies/save";

/** Changes the scope's policy by the command, from what it is. */
export async function setPolicy(admin: Actor, scope: Scope, changed: Partial<Policy>): Promise<void> {
  const { stored } = await getPolicy(admin, scope);
  await savePolicy(admin, scope, { ...stored, ...changed }, stored);
}

/** Stores a policy that the command may refuse, such as one from before a stricter bound. */
export async function storePolicy(organizationId: string, scope: Scope, changed: Partial<Policy>): Promise<void> {
  const owner = { organizationId, groupId: scope.kind === "group" ? scope.groupId : null };
  const values = { ownerId: ownerOf(scope), ...owner, ...noPolicy, ...changed };
  await db.insert(policies).values(values).onConflictDoUpdate({ target: policies.ownerId, set: changed });
}

type Ages = Partial<Record<"created" | "used" | "reactivated" | "noticed", string>>;

/** Moves the token's times into the past, such as `{ created: "90 days" }`. */
export async function age(tokenId: string, { created, used, reactivated, noticed }: Ages): Promise<void> {
  const ago = (interval: string) => sql`now() - ${interval}::interval`;
  await db
    .update(accessTokens)
    .set({
      ...(created && { createdAt: ago(created) }),
      ...(used && { lastUsedAt: ago(used) }),
      ...(reactivated && { reactivatedAt: ago(reactivated) }),
      ...(noticed && { idleNoticedAt: ago(noticed) }),
    })
    .where(eq(accessTokens.id, tokenId));
}

/** Moves the last change of "Revoke tokens not used for (days)" into the past. */
export async function agePolicy(scope: Scope, interval: string): Promise<void> {
  await db
    .update(policies)
    .set({ revokeUnusedSetAt: sql`now() - ${interval}::interval` })
    .where(eq(policies.ownerId, ownerOf(scope)));
}
