import type { Role } from "@/db/enums";
import { DomainError } from "@/lib/errors";
import type { Bounds } from "@/lib/policies/policy";
import { policyNames, sourceInWords } from "@/lib/policies/words";
import { assertWithinDays, type Expiration } from "./expiration";

/** Throws `policy` on expiresAt, naming the policy, if its date is later than the longest lifetime allows from today. */
export function assertLifetime(expiration: Expiration, now: Date, { longestLifetime: { days, from } }: Bounds): void {
  const refused = (rest: string) =>
    refusedByPolicy("expiresAt", `${sourceInWords(from)} "${policyNames.longestLifetimeDays}" ${rest}`);
  assertWithinDays(expiration, now, days, {
    passed: () => refused("asks for a date that has not passed."),
    tooLate: (latest) => refused(`is ${days}. Choose a date up to ${latest}.`),
  });
}

/** Throws `policy` on admin. */
export function assertAdminRole(admin: boolean, { adminRoleRefusedBy: from }: Bounds): void {
  if (!admin || !from) return;
  throw refusedByPolicy(
    "admin",
    `${sourceInWords(from)} "${policyNames.allowsAdminRole}" is off. Create the token without this role.`,
  );
}

/** Throws `policy` on expiresAt for a token with an admin role that is not allowed: it may live as long as it was to. */
export function assertMayProlong(role: Role, { adminRoleRefusedBy: from }: Bounds): void {
  if (!role.endsWith("_admin") || !from) return;
  throw refusedByPolicy(
    "expiresAt",
    `${sourceInWords(from)} "${policyNames.allowsAdminRole}" is off, so a token with this role can't be extended. Leave its expiration as it is.`,
  );
}

function refusedByPolicy(field: string, message: string): DomainError {
  return new DomainError("policy", message, { errors: [{ field, message }] });
}
