import { expect, test } from "vitest";
import { lackOf } from "./coverage";

test("positions from the restored chain's end on, without a gap, are all", () => {
  expect(lackOf({ restored: 3, positions: [6, 4, 5, 5, 2] })).toBeUndefined();
  expect(lackOf({ restored: 3, positions: [4, 5], noted: 5 })).toBeUndefined();
  expect(lackOf({ restored: 3, positions: [], noted: 3 })).toBeUndefined();
});

test("gaps are named, at the beginning, within, and before a noted head", () => {
  expect(lackOf({ restored: 3, positions: [7, 9] })).toMatch(/^no export has the positions 4 to 6, 8\. Export/);
  expect(lackOf({ restored: 3, positions: [4], noted: 6 })).toMatch(/^no export has the positions 5 to 6\. Export/);
  const even = Array.from({ length: 13 }, (_, index) => 5 + 2 * index);
  expect(lackOf({ restored: 3, positions: even })).toMatch(/positions 4, 6, .*, 22 and 3 more gaps\. Export/);
});

test("without later positions nothing is known", () => {
  expect(lackOf({ restored: 3, positions: [1, 2, 3] })).toBe("no export has its log after position 3.");
  expect(lackOf({ restored: 3, positions: [], noted: 5 })).toBe("no export has its log after position 3.");
});
