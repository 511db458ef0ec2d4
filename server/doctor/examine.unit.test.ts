import { expect, test } from "vitest";
import { readValidSettings, SettingsError } from "@/lib/env";
import { examine } from "./examine";
import { right, warning, wrong } from "./finding";
import type { Check, Inspection } from "./inspection";
import { isAllRight, lineOf, summaryOf } from "./report";

const inspection: Inspection = {
  env: {},
  fileProblems: [],
  settings: readValidSettings({}),
  database: Promise.resolve(undefined),
};
const check = (subject: string, look: Check["look"]): Check => ({ subject, isAtStart: false, look });

test("a check that throws, and one that never ends, are findings and hide no other", async () => {
  const found = await examine(
    [
      check("first", () => Promise.reject(new Error("no luck\nwith postgres://user:hidden-word@host"))),
      check("second", () => new Promise(() => {})),
      check("third", () => {
        throw new SettingsError(["One is wrong.", "Two is wrong."]);
      }),
      check("fourth", () => [right("fourth", "it works")]),
    ],
    inspection,
    100,
  );
  expect(found.map(lineOf)).toEqual([
    "✗ first: could not be checked: no luck with postgres://user:[redacted]@host.",
    "✗ second: could not be checked within 0.1 seconds.",
    "✗ third: One is wrong.",
    "✗ third: Two is wrong.",
    "✓ fourth: it works.",
  ]);
});

test("warnings do not fail, and each finding is one line", () => {
  const findings = [right("a", "is right"), warning("b", "is old\u2028and\nlong", "Renew it")];
  expect(findings.map(lineOf)).toEqual(["✓ a: is right.", "! b: is old and long. → Renew it."]);
  expect([isAllRight(findings), summaryOf(findings)]).toEqual([true, "Wrong: 0. Warnings: 1."]);
  const more = [...findings, wrong("c", "is wrong")];
  expect([isAllRight(more), summaryOf(more)]).toEqual([false, "Wrong: 1. Warnings: 1."]);
  expect(summaryOf(findings.slice(0, 1))).toBe("Everything is right.");
});
