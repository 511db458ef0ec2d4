import { expect, test } from "vitest";
import { sharedCases } from "@/testing/shared-cases";
import { providerToken } from "./provider-check-input";

test.each(["glpat-x", "a".repeat(4096), "!~"])("accepts %s", (token) => {
  expect(providerToken.parse(` ${token}\n`)).toBe(token);
});

test.each([undefined, "", "  ", "a b", "a\nb", "a\u0000b", "t\u00f6ken", "a".repeat(4097), "a".repeat(70_000)])(
  "refuses %j without repeating it",
  (token) => {
    const { error } = providerToken.safeParse(token);
    expect(error?.issues).toHaveLength(1);
    if (token && token.trim().length > 1) expect(error?.message).not.toContain(token);
  },
);

const cases = sharedCases("vcs_token");
test.runIf(cases.length > 0)("every shared case gets the expected result", () => {
  for (const { value, expect: wanted, why } of cases) {
    expect(providerToken.safeParse(value).success ? "accept" : "reject", why).toBe(wanted);
  }
});
