import { expect, test } from "vitest";
import type { ChangePlan } from "@/lib/access-token-list/change-plan";
import { consequencesInWords, doneInWords, obstacleInWords } from "./words";

const plan = (amount: number, contents: Partial<ChangePlan> = {}): ChangePlan => ({
  tokens: Array.from({ length: amount }, (_, index) => ({ id: `tok_${index}`, name: `${index}`, revision: "1" })),
  leftOut: [],
  active: amount,
  lastUsedAt: null,
  now: new Date("2026-11-30T12:00:00Z"),
  runners: 0,
  accesses: 0,
  variables: 0,
  pipelines: 0,
  ...contents,
});
const contents = { runners: 2, accesses: 1, variables: 3, pipelines: 1 };
const refused = "are refused from now on.";

test("what was done is said with its number", () => {
  expect(doneInWords("revoke", 12)).toBe("12 access tokens were revoked.");
  expect(doneInWords("delete", 1)).toBe("1 access token was deleted.");
  expect(doneInWords("reactivate", 1000)).toBe("1,000 access tokens were reactivated.");
});

test("a revocation says what does not come back", () => {
  expect(consequencesInWords("revoke", plan(3, contents))).toEqual([
    `3 access tokens are revoked. Scripts, CI pipelines and runners that use them ${refused}`,
    "None of them was ever used.",
    "2 runners are unregistered; reactivating does not bring them back.",
    "You can reactivate them until they expire.",
  ]);
});

test("a deletion says what is removed, and that it is permanent", () => {
  expect(consequencesInWords("delete", plan(1, { ...contents, runners: 1 }))).toEqual([
    `1 access token is deleted with its settings. Scripts, CI pipelines and runners that use it ${refused}`,
    "It was never used.",
    "1 runner is unregistered.",
    "1 version control access, 3 environment variables and 1 trusted pipeline are removed.",
    "This is permanent and can’t be undone.",
  ]);
});

test("zero counts are left out", () => {
  expect(consequencesInWords("delete", plan(2))).toHaveLength(3);
  expect(consequencesInWords("revoke", plan(1))).toHaveLength(3);
  expect(consequencesInWords("reactivate", plan(2, contents))).toEqual([
    "2 access tokens are reactivated. Whoever has their secrets can use the API again.",
  ]);
});

test("of tokens that are refused already nothing is said to stop now", () => {
  const first = (amount: number, active: number) => consequencesInWords("delete", plan(amount, { active }))[0];
  expect(first(1, 0)).toBe("1 access token is deleted with its settings. It is refused already.");
  expect(first(3, 0)).toBe("3 access tokens are deleted with their settings. They are refused already.");
  expect(first(3, 1)).toMatch(/1 of them is active: scripts, CI pipelines and runners that use it are refused/);
  expect(first(3, 2)).toMatch(/2 of them are active: scripts, CI pipelines and runners that use them are refused/);
});

test("the last use of any of the tokens is said", () => {
  const lastUsedAt = new Date("2026-11-30T11:56:30Z");
  for (const change of ["revoke", "delete"] as const) {
    expect(consequencesInWords(change, plan(1, { lastUsedAt }))[1]).toBe("It was last used 3 minutes ago.");
    expect(consequencesInWords(change, plan(2, { lastUsedAt }))[1]).toBe("One of them was last used 3 minutes ago.");
  }
});

test("a token to which the change does not apply has its reason", () => {
  expect(obstacleInWords("revoke", "revoked")).toBe("is revoked already");
  expect(obstacleInWords("revoke", "expired")).toBe("has expired, so it is refused already");
  expect(obstacleInWords("reactivate", "expired")).toBe("has expired");
  expect(obstacleInWords("reactivate", "active")).toBe("is active already");
  expect(obstacleInWords("reactivate", "itself")).toBe("can’t reactivate itself");
  expect(obstacleInWords("reactivate", "leaked")).toBe("was reported as leaked: it can only be rotated or deleted");
});
