import { z } from "zod";
import { settings } from "@/lib/env";

const days = z
  .int("Enter a whole number of days, or nothing.")
  .min(1, "Enter at least 1 day, or nothing.")
  .max(36_500, "Enter at most 36,500 days.");

export const policyInput = z.strictObject({
  longestLifetimeDays: days.nullable(),
  allowsAdminRole: z.boolean(),
  revokeUnusedAfterDays: days.nullable(),
});

/** What a group or an organization demands of its access tokens. Null: nothing of its own. */
export type Policy = z.output<typeof policyInput>;

export const noPolicy: Policy = { longestLifetimeDays: null, allowsAdminRole: true, revokeUnusedAfterDays: null };

/** The policies that are stored for a scope. An organization's own scope has no group. */
export type StoredPolicies = { organization?: Policy | undefined; group?: Policy | undefined };

/** Who sets a bound. */
export type PolicySource = "operator" | "organization" | "group";
type DaysFrom = { days: number; from: PolicySource };
export type LongestLifetime = DaysFrom;

/** What holds for a scope's access tokens: the strictest of the operator's limit and the policies, and whose each is. */
export type Bounds = {
  longestLifetime: DaysFrom;
  /** Whose policy doesn't allow the admin role; null if it is allowed. */
  adminRoleRefusedBy: PolicySource | null;
  /** Null: unused tokens are not revoked. */
  revokeUnused: DaysFrom | null;
};

/** The bounds of these policies together. Of equal ones, that from further above counts. */
export function boundsOf({ organization, group }: StoredPolicies): Bounds {
  const operators: DaysFrom = { days: settings().TOKEN_MAX_LIFETIME_DAYS, from: "operator" };
  const sources = [
    { from: "organization" as const, policy: organization ?? noPolicy },
    { from: "group" as const, policy: group ?? noPolicy },
  ];
  const daysOf = (demand: "longestLifetimeDays" | "revokeUnusedAfterDays") =>
    sources.flatMap(({ from, policy }) => (policy[demand] === null ? [] : [{ days: policy[demand], from }]));
  return {
    longestLifetime: daysOf("longestLifetimeDays").reduce(stricter, operators),
    adminRoleRefusedBy: sources.find(({ policy }) => !policy.allowsAdminRole)?.from ?? null,
    revokeUnused: daysOf("revokeUnusedAfterDays").reduce<DaysFrom | null>(
      (bound, other) => (bound ? stricter(bound, other) : other),
      null,
    ),
  };
}

function stricter(bound: DaysFrom, other: DaysFrom): DaysFrom {
  return other.days < bound.days ? other : bound;
}

/** The same bounds as a policy, by which tokens are found that don't meet it. */
export function policyOf({ longestLifetime, adminRoleRefusedBy, revokeUnused }: Bounds): Policy {
  return {
    longestLifetimeDays: longestLifetime.days,
    allowsAdminRole: adminRoleRefusedBy === null,
    revokeUnusedAfterDays: revokeUnused?.days ?? null,
  };
}
