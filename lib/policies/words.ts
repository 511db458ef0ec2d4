import type { PolicySource } from "./policy";

/** The labels of the form, by which refusals name a policy. */
export const policyNames = {
  longestLifetimeDays: "Longest lifetime (days)",
  allowsAdminRole: "Allow the admin role",
  revokeUnusedAfterDays: "Revoke tokens not used for (days)",
} as const;

const owners: Record<PolicySource, string> = {
  operator: "The operator's limit",
  organization: "The organization's policy",
  group: "The group's policy",
};

/** "The organization's policy", as the beginning of a sentence. */
export function sourceInWords(from: PolicySource): string {
  return owners[from];
}
