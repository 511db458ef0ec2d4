import { count } from "@/lib/format";
import type { Policy } from "@/lib/policies/policy";

/** Each demand of a policy is a part of the parameter, such as "lifetime-90.no-admin.unused-60". */
const pattern = /^(?=.)(?:lifetime-([1-9]\d{0,4}))?(\.?no-admin)?(?:\.?unused-([1-9]\d{0,4}))?$/;

/** The list's parameter for tokens that don't meet the policy. Empty for a policy without demands. */
export function paramOfPolicy({ longestLifetimeDays, allowsAdminRole, revokeUnusedAfterDays }: Policy): string {
  return [
    longestLifetimeDays !== null && `lifetime-${longestLifetimeDays}`,
    !allowsAdminRole && "no-admin",
    revokeUnusedAfterDays !== null && `unused-${revokeUnusedAfterDays}`,
  ]
    .filter(Boolean)
    .join(".");
}

export function isPolicyParam(param: string): boolean {
  return paramOfPolicy(policyOfParam(param)) === param && param !== "";
}

export function policyOfParam(param: string): Policy {
  const [, lifetime, noAdmin, unused] = pattern.exec(param) ?? [];
  return {
    longestLifetimeDays: lifetime ? Number(lifetime) : null,
    allowsAdminRole: !noAdmin,
    revokeUnusedAfterDays: unused ? Number(unused) : null,
  };
}

/** "At most 90 days, no admin role, used within 60 days" */
export function paramInWords(param: string): string {
  const { longestLifetimeDays, allowsAdminRole, revokeUnusedAfterDays } = policyOfParam(param);
  const words = [
    longestLifetimeDays !== null && `at most ${count(longestLifetimeDays, "day")}`,
    !allowsAdminRole && "no admin role",
    revokeUnusedAfterDays !== null && `used within ${count(revokeUnusedAfterDays, "day")}`,
  ]
    .filter((part) => part !== false)
    .join(", ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
