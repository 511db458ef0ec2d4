import { expect, test } from "vitest";
import { deletionInWords, doneInWords, endInWords, insteadInWords, suffixesInWords, usesInWords } from "./words";

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

test("a token without a secret says so, and a rotation gives it one again", () => {
  expect(suffixesInWords(null, null)).toBe("No secret");
  expect(doneInWords(null)).toBe("has a secret again.");
  expect(doneInWords("now")).toBe("was rotated. Its old secret is refused from now on.");
  expect(insteadInWords(null)).toBe("rotate it again");
  expect(insteadInWords("on_first_use")).toBe("keep the old secret, and rotate it again");
});

const now = new Date("2026-11-30T12:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

test("both kinds of use are said where pipelines use the token, and differ", () => {
  const uses = (secret: Date | null, pipelines: Date | null) =>
    usesInWords({ secretLastUsedAt: secret, pipelinesLastUsedAt: pipelines }, now);
  expect(uses(ago(40 * 24 * 60), ago(5))).toBe("Secret last used 40 days ago, pipelines 5 minutes ago");
  expect(uses(ago(5), ago(60))).toBe("Secret last used 5 minutes ago, pipelines 1 hour ago");
  expect(uses(null, ago(5))).toBe("Secret never used, pipelines last used 5 minutes ago");
  expect(uses(ago(5), ago(5))).toBeUndefined();
  for (const secret of [null, ago(5)]) expect(uses(secret, null)).toBeUndefined();
});

test("deleting says which secrets stop working, when they were last used, and what goes on", () => {
  const deletion = { status: "active", suffixes: ["k2Lm"], lastUsedAt: ago(40 * 24 * 60), now } as const;
  expect(deletionInWords(deletion)).toEqual([
    "Scripts, runners and jobs that use the secret …k2Lm are refused from now on.",
    "Last used 40 days ago.",
    "Trusted pipelines go on working.",
    "This can’t be undone. “Rotate Token” makes a new secret.",
  ]);
  expect(deletionInWords({ ...deletion, suffixes: ["x9Qz", "k2Lm"], lastUsedAt: null }).slice(0, 2)).toEqual([
    "Scripts, runners and jobs that use the secrets …x9Qz and …k2Lm are refused from now on.",
    "Never used.",
  ]);
});

test("of a revoked token no secret is said to stop now, and no pipeline to go on working", () => {
  const said = deletionInWords({ status: "revoked", suffixes: ["x9Qz", "k2Lm"], lastUsedAt: null, now }).join(" ");
  expect(said).toContain("The secrets …x9Qz and …k2Lm end: reactivating the token does not bring them back.");
  expect(said).toContain("Trusted pipelines stay.");
  expect(said).not.toMatch(/from now on|go on working/);
});
