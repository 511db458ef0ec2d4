import { expect, test } from "vitest";
import { typographic } from "./typographic";

test.each([
  ["It can't be read. The runners' tags are the group's.", "It can’t be read. The runners’ tags are the group’s."],
  ['The token lacks "Runners: Read" and "Administration".', "The token lacks “Runners: Read” and “Administration”."],
  ["A single \" or ' stays.", "A single \" or ' stays."],
])("%s", (words, expected) => {
  expect(typographic(words)).toBe(expected);
});
