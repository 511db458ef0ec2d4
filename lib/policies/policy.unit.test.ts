import { expect, test } from "vitest";
import { boundsOf, noPolicy, policyInput } from "./policy";

process.env.TOKEN_MAX_LIFETIME_DAYS = "100";

const policy = { longestLifetimeDays: 60, allowsAdminRole: false, revokeUnusedAfterDays: 90 };

test("without policies the operator's limit counts, and nothing else is demanded", () => {
  expect(boundsOf({})).toEqual({
    longestLifetime: { days: 100, from: "operator" },
    adminRoleRefusedBy: null,
    revokeUnused: null,
  });
  expect(boundsOf({ organization: noPolicy, group: noPolicy })).toEqual(boundsOf({}));
});

test("the strictest bound counts, and of equal ones the one from further above", () => {
  const daysOf = (days: number | null) => ({ ...noPolicy, longestLifetimeDays: days, revokeUnusedAfterDays: days });
  const found = (organization: number | null, group: number | null) => {
    const { longestLifetime, revokeUnused } = boundsOf({ organization: daysOf(organization), group: daysOf(group) });
    return [longestLifetime.from, longestLifetime.days, revokeUnused?.from, revokeUnused?.days];
  };
  expect(found(60, 30)).toEqual(["group", 30, "group", 30]);
  expect(found(30, 60)).toEqual(["organization", 30, "organization", 30]);
  expect(found(60, 60)).toEqual(["organization", 60, "organization", 60]);
  expect(found(null, 60)).toEqual(["group", 60, "group", 60]);
  expect(found(60, null)).toEqual(["organization", 60, "organization", 60]);
  expect(found(100, 101)).toEqual(["operator", 100, "organization", 100]);
});

test("either policy refuses the admin role", () => {
  expect(boundsOf({ organization: policy, group: noPolicy }).adminRoleRefusedBy).toBe("organization");
  expect(boundsOf({ organization: noPolicy, group: policy }).adminRoleRefusedBy).toBe("group");
  expect(boundsOf({ organization: policy, group: policy }).adminRoleRefusedBy).toBe("organization");
});

test.each([0, -1, 1.5, 36_501, Number.NaN, Number.POSITIVE_INFINITY, "30"])("%j is no number of days", (days) => {
  for (const demand of ["longestLifetimeDays", "revokeUnusedAfterDays"]) {
    expect(policyInput.safeParse({ ...policy, [demand]: days }).success).toBe(false);
  }
});

test("a policy may demand nothing, and nothing unknown", () => {
  expect(policyInput.parse(noPolicy)).toEqual(noPolicy);
  expect(policyInput.parse({ ...policy, longestLifetimeDays: 36_500 }).longestLifetimeDays).toBe(36_500);
  expect(policyInput.safeParse({ ...policy, scopes: [] }).success).toBe(false);
});
