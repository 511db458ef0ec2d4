import { expect, test } from "vitest";
import { lackOf } from "./coverage";

test("positions from the restored chain's end on, without a gap, are all", () => {
  expect(lackOf({ restored: 3, positions: [6, 4, 5, 5, 2] })).toBeUndefined();
  expect(lackOf({ restored: 3, positions: [4, 5], heads: [{ position: 5, isRestored: false }] })).toBeUndefined();
  expect(lackOf({ restored: 3, positions: [], heads: [{ position: 3, isRestored: true }] })).toBeUndefined();
});

test("gaps are named, at the beginning, within, and before a noted head", () => {
  expect(lackOf({ restored: 3, positions: [7, 9] })).toMatch(/^no export has the positions 4 to 6, 8\. Export/);
  expect(lackOf({ restored: 3, positions: [4], heads: [{ position: 6, isRestored: false }] })).toMatch(
    /^no export has the positions 5 to 6\. Export/,
  );
  const even = Array.from({ length: 13 }, (_, index) => 5 + 2 * index);
  expect(lackOf({ restored: 3, positions: even })).toMatch(/positions 4, 6, .*, 22 and 3 more gaps\. Export/);
});

test("without later positions nothing is known, unless whole logs were exported, in which nothing happened", () => {
  expect(lackOf({ restored: 3, positions: [1, 2, 3], missing: [] })).toBeUndefined();
  expect(lackOf({ restored: 3, positions: [3], missing: ["a group"] })).toBe("no export has its log after position 3.");
  expect(lackOf({ restored: 3, positions: [1, 2, 3] })).toBe("no export has its log after position 3.");
  const lost = { position: 3, isRestored: false };
  for (const heads of [[lost], [{ position: 2, isRestored: true }, lost]]) {
    expect(lackOf({ restored: 3, positions: [], heads, missing: [] })).toBe(
      "no export has its later log, which goes on to position 3.",
    );
  }
});

test("a log that is not exported may have later events, unless a head says where the log ends", () => {
  const missing = ["the group “Powertrain” (grp_1)"];
  expect(lackOf({ restored: 3, positions: [4, 5], missing })).toMatch(/^no export has the whole log of the group “P/);
  for (const [position, isRestored] of [
    [4, false],
    [3, true],
  ] as const) {
    const heads = [{ position, isRestored }];
    expect(lackOf({ restored: 3, positions: [4, 5], missing, heads })).toMatch(/^no export has the whole log of/);
  }
  expect(lackOf({ restored: 3, positions: [4, 5], missing, heads: [{ position: 5, isRestored: false }] })).toBe(
    undefined,
  );
});
