import { expect, test } from "vitest";
import { type Bounds, noPolicy } from "@/lib/policies/policy";
import { aboutAdminRole, aboutLifetime, aboutUnused, furtherInWords, noneInWords, ownInWords } from "./words";

const operators: Bounds = {
  longestLifetime: { days: 365, from: "operator" },
  adminRoleRefusedBy: null,
  revokeUnused: null,
};
const policy = { longestLifetimeDays: 90, allowsAdminRole: true, revokeUnusedAfterDays: 60 };
const none = { policy, own: 0, unused: 0, ofGroups: 0 };

test("each field says whose bound counts where it is empty", () => {
  expect(aboutLifetime(operators, noPolicy)).toContain(
    "The operator’s limit is 365 days, which counts where this is empty.",
  );
  expect(aboutUnused(operators, noPolicy)).toMatch(/^Empty: never\. Admins are notified 7 days before\./);
  const stricter: Bounds = {
    longestLifetime: { days: 1, from: "organization" },
    adminRoleRefusedBy: "organization",
    revokeUnused: { days: 60, from: "organization" },
  };
  expect(aboutLifetime(stricter, noPolicy)).toContain("The organization’s policy is 1 day, which");
  expect(aboutUnused(stricter, noPolicy)).toMatch(
    /^The organization’s policy is 60 days, which counts where this is empty\. /,
  );
  const looser = { ...noPolicy, longestLifetimeDays: 300, revokeUnusedAfterDays: 61 };
  expect(aboutLifetime(stricter, looser)).toContain(
    "The organization’s policy is 1 day, which counts, since it is stricter.",
  );
  expect(aboutUnused(stricter, looser)).toMatch(
    /^The organization’s policy is 60 days, which counts, since it is stri/,
  );
  expect(aboutAdminRole(stricter)).toBe("The organization’s policy doesn’t allow the admin role.");
});

test.each([
  [1, "1 token doesn’t meet this policy"],
  [7, "7 tokens don’t meet this policy"],
  [99, "99 tokens don’t meet this policy"],
  [100, "99+ tokens don’t meet this policy"],
])("%i tokens that a policy hits are %s", (own, words) => {
  expect(ownInWords({ ...none, own })).toBe(words);
});

test("tokens that will be revoked, and those of groups, are said where there are any", () => {
  expect(furtherInWords(none, true)).toEqual([]);
  expect(noneInWords(none)).toBe("All active tokens meet this policy.");
  expect([noneInWords({ ...none, ofGroups: 1 }), ...furtherInWords({ ...none, ofGroups: 1 }, true)]).toEqual([
    "All active tokens of the organization itself meet this policy.",
    "1 token of the groups does not meet it.",
  ]);
  expect(furtherInWords({ ...none, own: 1, unused: 1, ofGroups: 1 }, true)).toEqual([
    "1 token was not used for 60 days: admins are notified, and a week after that it is revoked unless it is used.",
    "1 token of the groups does not meet it either.",
  ]);
  expect(furtherInWords({ ...none, own: 3, unused: 3, ofGroups: 100 }, false)).toEqual([
    "3 tokens were not used for 60 days: when this is saved, admins are notified, and a week later they are revoked unless they are used.",
    "99+ tokens of the groups do not meet it either.",
  ]);
});
