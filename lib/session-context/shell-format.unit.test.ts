import { expect, test } from "vitest";
import { toShell } from "./shell-format";

test("toShell writes one export line for each variable, in the given order", () => {
  expect(toShell({ B: "two", A: "one" })).toBe("export B='two'\nexport A='one'\n");
  expect(toShell({})).toBe("");
});

test.each([
  ["", "''"],
  ["it's", "'it'\\''s'"],
  ["''", "''\\'''\\'''"],
  ["a\\", "'a\\'"],
  ['$(id) `id` $HOME !! "', "'$(id) `id` $HOME !! \"'"],
  ["one\r\ntwo\n", "'one\r\ntwo\n'"],
  ["$&$'$1", "'$&$'\\''$1'"],
])("%j is quoted as %s", (value, quoted) => {
  expect(toShell({ NAME: value })).toBe(`export NAME=${quoted}\n`);
});

test("toShell accepts names of JavaScript's object properties", () => {
  expect(toShell(Object.fromEntries([["__proto__", "x"]]))).toBe("export __proto__='x'\n");
});
