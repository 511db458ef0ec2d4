import { type SQL, sql } from "drizzle-orm";
import { db } from "@/db/client";
import type { Owner } from "@/lib/audit/record";
import type { Actor } from "@/lib/auth/actor";
import { authorize, type Rights } from "@/lib/auth/authorize";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { type Bounds, boundsOf, noPolicy, type Policy, policyOf, type StoredPolicies } from "./policy";
import { readPolicies } from "./read";
import { countUnmet, countUnused, unmetTokens } from "./unmet";

/** A scope's own policy, and the bounds from above: those that would hold without it. */
export type ShownPolicy = { stored: Policy; above: Bounds };

/** The policy of the scope, for its admins. Throws what `authorize` throws. */
export async function getPolicy(actor: Actor, scope: Scope): Promise<ShownPolicy> {
  const access = await authorize(db, actor, scope, "settings:manage");
  const policies = await readPolicies(db, ownerIn(access));
  return { stored: policies[scope.kind] ?? noPolicy, above: boundsOf(aboveOf(scope, policies)) };
}

/** What holds for new access tokens of the scope, and for rotations of its tokens. */
export async function getBounds(actor: Actor, scope: Scope): Promise<Bounds> {
  return boundsOf(await readPolicies(db, ownerIn(await authorize(db, actor, scope, "access-tokens:read"))));
}

/** Tokens that don't meet a policy are counted up to this number. */
const mostCounted = 100;

export type Unmet = {
  /** What was counted: the policy together with the bounds from above. */
  policy: Policy;
  /** Active tokens of the scope, and how many of them were not used for as long as the policy says. */
  own: number;
  unused: number;
  /** Of an organization: active tokens of its groups. */
  ofGroups: number;
};

/** What the policy would hit if it were saved: active tokens that don't meet it or the bounds from above. */
export async function tokensThatDontMeet(actor: Actor, scope: Scope, input: Policy): Promise<Unmet> {
  const access = await authorize(db, actor, scope, "settings:manage");
  const stored = await readPolicies(db, ownerIn(access));
  const policy = policyOf(boundsOf({ ...aboveOf(scope, stored), [scope.kind]: input }));
  const ownerId = ownerOf(scope);
  const [found] = await db
    .select({
      own: countUnmet(ownerId, policy, mostCounted),
      unused: countUnused(ownerId, policy, mostCounted),
      ofGroups: access.group ? sql<number>`0`.mapWith(Number) : countInGroups(ownerId, policy),
    })
    .from(sql`(select) as counts`);
  if (!found) throw new Error("the tokens were not counted");
  return { policy, ...found };
}

/** Group by group, until the bound is reached. */
function countInGroups(organizationId: string, policy: Policy): SQL<number> {
  const most = sql.raw(String(mostCounted));
  return sql<number>`(
    select count(*) from (
      select from groups as grouped, lateral ${unmetTokens(sql`grouped.id`, policy, mostCounted)} as found
      where grouped.organization_id = ${organizationId} limit ${most}
    ) as counted
  )`.mapWith(Number);
}

export function ownerIn({ organization, group }: Rights): Owner {
  return { organizationId: organization.id, groupId: group?.id ?? null };
}

/** The policies above the scope's own. */
export function aboveOf(scope: Scope, { organization }: StoredPolicies): StoredPolicies {
  return scope.kind === "group" ? { organization } : {};
}
