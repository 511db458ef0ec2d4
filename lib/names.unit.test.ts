import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { foldName, tokenDescription, tokenName, visibleText } from "./names";

const accepted = [
  "a",
  "CI runner (prod) #2",
  "日本語トークン",
  "👩‍💻 bot",
  "🏳️‍🌈",
  "1️⃣ first",
  "null",
  "%00",
  "x".repeat(255),
  "😀".repeat(255),
];
test.each(accepted)("accepts %j", (name) => {
  expect(tokenName.parse(name)).toBe(name);
});

const refused: [string, string][] = [
  ["nothing", ""],
  ["spaces only", " \u00A0\u3000"],
  ["256 code points", "x".repeat(256)],
  ["NUL", "a\u0000b"],
  ["a newline at the end", "a\n"],
  ["a C1 control", "a\u0085b"],
  ["a paragraph separator", "a\u2029b"],
  ["a right-to-left override", "prod\u202Etoken"],
  ["a zero-width space", "a\u200Bb"],
  ["a joiner outside an emoji sequence", "a\u200Db"],
  ["a joiner between digits", "1\u200D2"],
  ["a byte order mark at the start", "\uFEFFname"],
  ["a soft hyphen", "a\u00ADb"],
  ["a Hangul filler", "\u3164"],
  ["a braille blank", "\u2800"],
  ["a noncharacter", "a\uFFFEb"],
  ["a lone surrogate", "a\uDC00"],
  ["a tag character", "a\u{E0001}b"],
  ["a pile of combining marks", `a${"\u0338".repeat(20)}`],
];
test.each(refused)("refuses %s", (_why, name) => {
  expect(tokenName.safeParse(name).success).toBe(false);
});

test("trims and composes names", () => {
  expect(tokenName.parse("  padded  ")).toBe("padded");
  expect(tokenName.parse("e\u0301")).toBe("\u00E9");
});

test.each([
  ["CI-RUNNER", "ci-runner"],
  ["Straße", "STRASSE"],
  ["STRAẞE", "strasse"],
  ["ΟΔΟΣ", "οδοσ"],
  ["οδος", "ΟΔΟΣ"],
  ["\u212A", "k"],
  ["E\u0301", "\u00E9"],
])("%s and %s are one name", (left, right) => {
  expect(foldName(left)).toBe(foldName(right));
});

test("a dotless i is a separate letter", () => {
  expect(foldName("\u0131")).not.toBe(foldName("i"));
});

const casesFile = new URL("../../shared/cases/inputs.json", import.meta.url);
const caseSchema = z.array(
  z.object({
    field: z.string(),
    value: z.unknown(),
    expect: z.enum(["accept", "reject"]),
    why: z.string(),
    gen: z.object({ repeat: z.string(), times: z.number() }).optional(),
    setup: z.string().optional(),
  }),
);

test.runIf(existsSync(casesFile))("every shared case of a token's name gets the expected result", () => {
  const cases = caseSchema.parse(JSON.parse(readFileSync(casesFile, "utf8")));
  const names = cases.filter((one) => one.field === "token_name" && !one.setup);
  expect(names.length).toBeGreaterThan(20);
  for (const { value, gen, expect: wanted, why } of names) {
    const name = gen ? gen.repeat.repeat(gen.times) : value;
    expect(tokenName.safeParse(name).success ? "accept" : "reject", why).toBe(wanted);
  }
});

test("a description may be empty, and has at most 500 code points", () => {
  for (const text of ["", "x".repeat(500), "😀".repeat(500)]) expect(tokenDescription.parse(text)).toBe(text);
  expect(tokenDescription.parse(" We\u0301ekly run \u3000")).toBe("W\u00e9ekly run");
  expect(tokenDescription.parse("  ")).toBe("");
  const refusal = tokenDescription.safeParse("x".repeat(501)).error?.issues;
  expect(refusal).toMatchObject([{ message: "Use at most 500 characters." }]);
  expect(tokenDescription.safeParse("x".repeat(5_000_000)).error?.issues).toMatchObject(refusal ?? []);
});

test("a description is checked like a name", () => {
  for (const [, text] of refused.filter(([why]) => !["nothing", "spaces only", "256 code points"].includes(why)))
    expect(tokenDescription.safeParse(text).success, JSON.stringify(text)).toBe(false);
  expect(tokenDescription.safeParse("two\nlines").error?.issues).toMatchObject([
    {
      message: "The description contains an invisible or line-breaking character. Type it anew instead of pasting it.",
    },
  ]);
  for (const value of [null, 7, [], {}]) expect(tokenDescription.safeParse(value).success).toBe(false);
});

test.each([
  ["feature/1", "feature/1"],
  ["a\u202eb\u0000c\nd\u200be", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe"],
  ["\ud800a", "\uFFFDa"],
  [`a${"\u0301".repeat(50)}`, "a\uFFFD"],
  ["x".repeat(200), "x".repeat(200)],
  ["x".repeat(201), `${"x".repeat(199)}…`],
  ["😀".repeat(200), "😀".repeat(200)],
  ["😀".repeat(201), `${"😀".repeat(199)}…`],
])("%j is shown as %j", (text, shown) => expect(visibleText(text, 200)).toBe(shown));
