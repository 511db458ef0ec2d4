import { parse } from "dotenv";
import { expect, test } from "vitest";
import { sharedCases } from "@/testing/shared-cases";
import { toDotenv, toShell, UnrepresentableError } from "./formats";

/** Parses a file like `docker --env-file`: each line's value is the unchanged text after its first `=`. */
function readByDocker(text: string): Record<string, string> {
  const lines = text.split("\n").map((line) => line.trimStart());
  const kept = lines.filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(kept.map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]));
}

function refusalOf(environment: Record<string, string>): UnrepresentableError | undefined {
  try {
    toDotenv(environment);
  } catch (error) {
    if (error instanceof UnrepresentableError) return error;
    throw error;
  }
}

test.each([
  "",
  "plain",
  "two words",
  "a=b",
  "it's",
  "a\\",
  'say "it\'s" with `ticks`',
  `$HOME \${X:-y} $(id)`,
  "\\n",
  "a\u00a0b",
  "a\u2028b",
  "export B=1",
  "日本語 🔑",
])("%j is unquoted, so that docker can read it", (value) => {
  const text = toDotenv({ NAME: value, NEXT: "it's" });
  expect(text).toBe(`NAME=${value}\nNEXT=it's\n`);
  expect(parse(text)).toEqual({ NAME: value, NEXT: "it's" });
  expect(readByDocker(text)).toEqual({ NAME: value, NEXT: "it's" });
});

test.each([
  [" edges ", "' edges '"],
  ["a # b", "'a # b'"],
  ['"quoted"', "'\"quoted\"'"],
  ["'", "`'`"],
  ["it's # here", "`it's # here`"],
  ["it's # `here`", '"it\'s # `here`"'],
  ["\ufeffbom", "'\ufeffbom'"],
  ["\u00a0", "'\u00a0'"],
  ["\u2028", "'\u2028'"],
  ["a\u2028'b'", "`a\u2028'b'`"],
  ["one\ntwo", '"one\\ntwo"'],
  ["one\r\ntwo\r\n", '"one\\r\\ntwo\\r\\n"'],
  ["a\\\nb", '"a\\\\nb"'],
  ['{\n  "a": 1\n}', "'{\n  \"a\": 1\n}'"],
  ["literal \\n, then\na line", "'literal \\n, then\na line'"],
  ["a\nexport PATH=/tmp", '"a\\nexport PATH=/tmp"'],
])("%j is written as %s", (value, written) => {
  const text = toDotenv({ BEFORE: "'", NAME: value, AFTER: '"' });
  expect(text).toContain(`\nNAME=${written}\n`);
  expect(parse(text)).toEqual({ BEFORE: "'", NAME: value, AFTER: '"' });
});

test.each([
  ["a # \\", "a backslash that would hide the closing quote"],
  ["'\"`\n", "a line end, and quotes of every kind"],
  ["\\n\r", "a carriage return beside a literal \\n"],
])("%j is refused: %s", (value) => {
  const refusal = refusalOf({ FINE: "fine", NAME: value });
  expect(refusal).toMatchObject({ variable: "NAME", message: expect.stringContaining("NAME") });
  expect(refusal?.message).not.toContain(value);
});

test("a name that dotenv can't read is refused", () => {
  expect(refusalOf(Object.fromEntries([["__proto__", "x"]]))?.variable).toBe("__proto__");
  expect(parse(toDotenv({ constructor: "x", hasOwnProperty: "y" }))).toEqual({ constructor: "x", hasOwnProperty: "y" });
});

test("an empty environment gives an empty file", () => {
  expect(toDotenv({})).toBe("");
});

test("a leading quote without a partner is refused only if a later line has one", () => {
  const lone = "'\"` x";
  expect(parse(toDotenv({ NAME: lone }))).toEqual({ NAME: lone });
  expect(refusalOf({ NAME: lone, LATER: "it'" })?.variable).toBe("NAME");
});

test("the shared cases are read back exactly", () => {
  const accepted = sharedCases("env_value").flatMap(({ value, expect: expected }) =>
    expected === "accept" && typeof value === "string" ? [value] : [],
  );
  const environment = Object.fromEntries(accepted.map((value, index) => [`CASE_${index}`, value]));
  expect(parse(toDotenv(environment))).toEqual(environment);
});

const pieces = [..."'\"`\\#=$ \n\r\t\u00a0\u2028\ufeffnrA:", "export B=1", "\\n", "\\'", " #", "'\n", '"\n', "`\n"];

/** Pseudorandom numbers, the same in each run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("any values are read back exactly, or a variable is named", () => {
  const next = numbers(4);
  const pick = () => pieces[Math.floor(next() * pieces.length)];
  let [written, refused] = [0, 0];
  for (let round = 0; round < 3000; round++) {
    const values = Array.from({ length: 4 }, () => Array.from({ length: Math.floor(next() * 6) }, pick).join(""));
    const environment = Object.fromEntries(values.map((value, index) => [`V${index}`, value]));
    const refusal = refusalOf(environment);
    if (refusal) expect(environment).toHaveProperty(refusal.variable);
    else expect(parse(toDotenv(environment))).toEqual(environment);
    refusal ? refused++ : written++;
  }
  expect(written).toBeGreaterThan(1000);
  expect(refused).toBeGreaterThan(100);
});

test.each([
  ["line ends", "'\"`".padEnd(48 * 1024, "\n")],
  ["spaces", `${" ".repeat(48 * 1024 - 1)}x`],
  ["separators before quotes", "\u2028'a".repeat(9800)],
  ["quotes", "'".repeat(48 * 1024)],
  ["escaped quotes", "\\'".repeat(24 * 1024)],
  ["hashes", "'#".repeat(24 * 1024)],
])("48 KiB of %s are formatted quickly", (_, value) => {
  const start = performance.now();
  const environment = { A: value, B: value };
  if (!refusalOf(environment)) expect(parse(toDotenv(environment))).toEqual(environment);
  expect(performance.now() - start).toBeLessThan(1500);
});

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
