import { expect, test } from "vitest";
import { firstOf, rangeInWords } from "./range";

const middle = { shown: 20, total: 47, hasPrevious: true, hasNext: true, first: "21" };

test.each([
  ["the only page", { shown: 3, total: 3, hasPrevious: false, hasNext: false }, "1–3 of 3"],
  ["one token", { shown: 1, total: 1, hasPrevious: false, hasNext: false }, "1 of 1"],
  ["the first page", { shown: 20, total: 47, hasPrevious: false, hasNext: true }, "1–20 of 47"],
  ["a page between", middle, "21–40 of 47"],
  ["the last page", { shown: 7, total: 47, hasPrevious: true, hasNext: false, first: "41" }, "41–47 of 47"],
  ["the last page without its number", { shown: 7, total: 47, hasPrevious: true, hasNext: false }, "41–47 of 47"],
  ["the first page of many", { shown: 20, total: 1001, hasPrevious: false, hasNext: true }, "1–20 of 1,000+"],
  ["a deep page", { ...middle, total: 1001, first: "2001" }, "2,001–2,020 of more than 1,000"],
  ["a page without its number", { ...middle, first: undefined }, "20 of 47"],
  ["a page with a number that can't be", { ...middle, first: "46" }, "20 of 47"],
])("%s", (_name, page, expected) => {
  expect(rangeInWords(page)).toBe(expected);
});

test("the number of the first token is carried on", () => {
  expect(firstOf(middle)).toBe(21);
  expect(firstOf({ ...middle, hasPrevious: false, first: "500" })).toBe(1);
  expect(firstOf({ ...middle, hasNext: false, first: "500" })).toBe(28);
});
