import { expect, test } from "vitest";
import { isPolicyParam, paramInWords, paramOfPolicy, policyOfParam } from "./policy-param";

const policy = (
  longestLifetimeDays: number | null,
  allowsAdminRole: boolean,
  revokeUnusedAfterDays: number | null,
) => ({
  longestLifetimeDays,
  allowsAdminRole,
  revokeUnusedAfterDays,
});

test.each([
  ["lifetime-90.no-admin.unused-60", policy(90, false, 60), "At most 90 days, no admin role, used within 60 days"],
  ["lifetime-1", policy(1, true, null), "At most 1 day"],
  ["no-admin", policy(null, false, null), "No admin role"],
  ["no-admin.unused-7", policy(null, false, 7), "No admin role, used within 7 days"],
  ["unused-36500", policy(null, true, 36500), "Used within 36,500 days"],
])("%s stands for its policy", (param, expected, words) => {
  expect(paramOfPolicy(expected)).toBe(param);
  expect(policyOfParam(param)).toEqual(expected);
  expect(isPolicyParam(param)).toBe(true);
  expect(paramInWords(param)).toBe(words);
});

test.each([
  "",
  ".",
  "lifetime-0",
  "lifetime-090",
  "lifetime-100000",
  "lifetime-9no-admin",
  "no-admin.",
  "yes",
  "unused-1.5",
])("%j is no policy", (param) => {
  expect(isPolicyParam(param)).toBe(false);
});
