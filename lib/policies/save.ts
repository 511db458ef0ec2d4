import { eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { policies } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { ownerOf, type Scope } from "@/lib/auth/scope";
import { DomainError, type FieldError } from "@/lib/errors";
import { mutate } from "@/lib/mutate";
import { type Bounds, boundsOf, noPolicy, type Policy } from "./policy";
import { aboveOf, ownerIn } from "./queries";
import { readPolicies } from "./read";
import { sourceInWords } from "./words";

/**
 * Stores the policy of a group or an organization. Access tokens that are there stay. Throws `invalid` on a field that
 * was changed to something looser than a bound from above, and `conflict` if the policy is no longer `expected`.
 */
export function savePolicy(actor: Actor, scope: Scope, input: Policy, expected: Policy): Promise<Policy> {
  return mutate(actor, scope, "settings:manage", async (tx, access) => {
    const owner = ownerIn(access);
    const before = await lockPolicy(tx, scope, { ownerId: ownerOf(scope), ...owner });
    if (!isSame(before, expected)) throw changedMeanwhile();
    const above = boundsOf(aboveOf(scope, await readPolicies(tx, owner)));
    const errors = looserThan(above, before, input);
    if (errors.length > 0) {
      throw new DomainError("invalid", errors.map(({ message }) => message).join(" "), { errors });
    }
    if (isSame(before, input)) return { result: input };
    const isRevocationChanged = input.revokeUnusedAfterDays !== before.revokeUnusedAfterDays;
    const now = access.now;
    await tx
      .update(policies)
      .set({ ...input, updatedAt: now, ...(isRevocationChanged && { revokeUnusedSetAt: now }) })
      .where(eq(policies.ownerId, ownerOf(scope)));
    return {
      result: input,
      event: { action: "policy.changed", subject: access.group ?? access.organization, detail: changes(before, input) },
    };
  });
}

/** The stored policy, with a row lock until the transaction ends. Makes the row where there is none. */
async function lockPolicy(tx: Tx, scope: Scope, row: typeof policies.$inferInsert): Promise<Policy> {
  await tx.insert(policies).values(row).onConflictDoNothing();
  const [stored] = await tx
    .select({
      longestLifetimeDays: policies.longestLifetimeDays,
      allowsAdminRole: policies.allowsAdminRole,
      revokeUnusedAfterDays: policies.revokeUnusedAfterDays,
    })
    .from(policies)
    .where(eq(policies.ownerId, ownerOf(scope)))
    .for("update");
  return stored ?? noPolicy;
}

function isSame(one: Policy, other: Policy): boolean {
  return demands.every((demand) => one[demand] === other[demand]);
}

const demands = ["longestLifetimeDays", "allowsAdminRole", "revokeUnusedAfterDays"] as const;

function changedMeanwhile(): DomainError {
  return new DomainError(
    "conflict",
    "Somebody has changed this policy meanwhile, so yours was not saved. Reload the page to see it, and decide anew.",
  );
}

/** A looser value that was stored before, such as one from before the bound, may stay: the strictest bound counts. */
function looserThan(above: Bounds, before: Policy, input: Policy): FieldError[] {
  const { longestLifetime, adminRoleRefusedBy, revokeUnused } = above;
  const errors: FieldError[] = [];
  const isChanged = (demand: keyof Policy) => input[demand] !== before[demand];
  if (isChanged("longestLifetimeDays") && (input.longestLifetimeDays ?? 0) > longestLifetime.days) {
    const message = `${sourceInWords(longestLifetime.from)} is ${inDays(longestLifetime.days)}. Enter at most that, or nothing.`;
    errors.push({ field: "longestLifetimeDays", message });
  }
  if (isChanged("allowsAdminRole") && input.allowsAdminRole && adminRoleRefusedBy) {
    const message = `${sourceInWords(adminRoleRefusedBy)} doesn't allow the admin role.`;
    errors.push({ field: "allowsAdminRole", message });
  }
  if (revokeUnused && isChanged("revokeUnusedAfterDays") && (input.revokeUnusedAfterDays ?? 0) > revokeUnused.days) {
    const message = `${sourceInWords(revokeUnused.from)} is ${inDays(revokeUnused.days)}. Enter at most that, or nothing.`;
    errors.push({ field: "revokeUnusedAfterDays", message });
  }
  return errors;
}

function inDays(days: number): string {
  return days === 1 ? "1 day" : `${days} days`;
}

/** What was changed, with the values from before. */
function changes(before: Policy, after: Policy): Record<string, string> {
  const names = {
    longestLifetimeDays: "longest_lifetime_days",
    allowsAdminRole: "admin_role",
    revokeUnusedAfterDays: "revoke_unused_after_days",
  };
  return Object.fromEntries(
    demands
      .filter((demand) => before[demand] !== after[demand])
      .flatMap((demand) => [
        [`previous_${names[demand]}`, inDetail(before[demand])],
        [names[demand], inDetail(after[demand])],
      ]),
  );
}

function inDetail(value: number | boolean | null): string {
  if (typeof value === "boolean") return value ? "allowed" : "not_allowed";
  return value === null ? "none" : String(value);
}
