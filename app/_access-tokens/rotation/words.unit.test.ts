import { expect, test } from "vitest";
import { endInWords, suffixesInWords } from "./words";

const suffixes = { current: "k2Lm", retiring: "x9Qz" };

test("both suffixes are shown while the old secret is accepted", () => {
  expect(suffixesInWords("k2Lm", "x9Qz")).toBe("…x9Qz → …k2Lm");
  for (const none of [null, undefined]) expect(suffixesInWords("k2Lm", none)).toBe("…k2Lm");
});

test("ending says which secret stops working, and warns where the other one was never used", () => {
  const [stops, other] = endInWords("complete", "active", false, suffixes);
  expect(stops).toMatch(/^The old secret …x9Qz ends: .* are refused from now on\.$/);
  expect(other).toBe("The new secret …k2Lm was never used: make sure that it is in place.");
  expect(endInWords("complete", "active", true, suffixes)[1]).toBe("The new secret …k2Lm goes on working.");
});

test("of a revoked token no secret is said to stop now, and none to go on working", () => {
  const said = endInWords("complete", "revoked", true, suffixes).join(" ");
  expect(said).toContain("The old secret …x9Qz ends: reactivating the token does not bring it back.");
  expect(said).not.toMatch(/from now on|goes on working/);
});

test("keeping says which secret is discarded", () => {
  const [discarded, kept] = endInWords("cancel", "active", false, suffixes);
  expect(discarded).toBe("The new secret …k2Lm is discarded: whoever has it already is refused.");
  expect(kept).toBe("The old secret …x9Qz is the token’s only one again, and lasts as long as the token.");
});
