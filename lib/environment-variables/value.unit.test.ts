import { describe, expect, it } from "vitest";
import { sharedCases } from "@/testing/shared-cases";
import { sizeOf, variableValue } from "./value";

const cases = sharedCases("env_value");

describe("the value of an environment variable", () => {
  it.runIf(cases.length > 0)("gets the expected result in each shared case", () => {
    for (const { value, expect: expected, why } of cases) {
      const parsed = variableValue.safeParse(value);
      expect(parsed.success ? "accept" : "reject", why).toBe(expected);
      if (parsed.success) expect(parsed.data, why).toBe(value);
    }
  });

  it("may be empty, and has up to 48 KiB in UTF-8", () => {
    expect(variableValue.parse("")).toBe("");
    expect(variableValue.safeParse("é".repeat(24 * 1024)).success).toBe(true);
    expect(variableValue.safeParse(`${"é".repeat(24 * 1024)}x`).error?.issues[0]?.message).toBe(
      "A value may have at most 48 KiB.",
    );
    expect(sizeOf("é")).toBe(2);
  });

  it.each(["a\0b", "\ud800", "a\udc00", null, 7, undefined])("refuses %j", (value) => {
    expect(variableValue.safeParse(value).success).toBe(false);
  });
});
