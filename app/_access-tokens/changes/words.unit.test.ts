import { expect, test } from "vitest";
import { consequenceOf, factsInWords } from "./words";

const nothing = {
  status: "active" as const,
  lastUsedAt: null,
  lastUsedFrom: null,
  secrets: ["k2Lm"],
  now: "2026-11-30T12:00:00.000Z",
  runners: 0,
  accesses: 0,
  variables: 0,
  pipelines: 0,
};
const used = { ...nothing, lastUsedAt: "2026-11-30T11:56:30.000Z" };

test("the last use is a fact of both questions", () => {
  for (const change of ["revoke", "delete"] as const) {
    expect(factsInWords(change, nothing)).toEqual(["It was never used."]);
    expect(factsInWords(change, used)).toEqual(["Last used 3 minutes ago."]);
    const known = { ...used, lastUsedFrom: "192.0.2.0/24" };
    expect(factsInWords(change, known)).toEqual(["Last used 3 minutes ago from 192.0.2.0/24."]);
  }
});

test("revoking unregisters runners for good, and removes no settings", () => {
  const facts = (runners: number) =>
    factsInWords("revoke", { ...used, runners, accesses: 3, variables: 2, pipelines: 1 }).slice(1);
  expect(facts(0)).toEqual([]);
  expect(facts(1)).toEqual(["1 runner is unregistered; reactivating does not bring it back."]);
  expect(facts(2)).toEqual(["2 runners are unregistered; reactivating does not bring them back."]);
});

test("with two secrets, both are named, and whether reactivating brings the old one back", () => {
  const two = { ...nothing, secrets: ["x9Qz", "k2Lm"] };
  const both = "This applies to both of its secrets, …x9Qz and …k2Lm";
  expect(factsInWords("delete", two)).toEqual(["It was never used.", `${both}.`]);
  expect(factsInWords("revoke", two)).toContain(
    `${both}; reactivating brings the old one back only until its own end.`,
  );
});

test.each([
  [{ runners: 2 }, ["2 runners are unregistered."]],
  [{ accesses: 1 }, ["1 version control access is removed."]],
  [{ variables: 1 }, ["1 environment variable is removed."]],
  [{ pipelines: 1 }, ["1 trusted pipeline is removed."]],
  [{ accesses: 1, pipelines: 2 }, ["1 version control access and 2 trusted pipelines are removed."]],
  [
    { runners: 1, accesses: 3, variables: 12, pipelines: 2 },
    [
      "1 runner is unregistered.",
      "3 version control accesses, 12 environment variables and 2 trusted pipelines are removed.",
    ],
  ],
])("deleting with %j says that, and leaves out zero counts", (counts, expected) => {
  expect(factsInWords("delete", { ...nothing, ...counts }).slice(1)).toEqual(expected);
});

test("of a token that is refused already nothing is said to stop now", () => {
  expect(consequenceOf("delete", "active")).toMatch(/refused from now on, and its settings are removed\.$/);
  for (const status of ["revoked", "expired"] as const) {
    expect(consequenceOf("delete", status)).toBe("It is refused already; its settings are removed.");
    expect(consequenceOf("revoke", status)).toBe("It is refused already.");
  }
});
