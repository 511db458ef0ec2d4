import { parseOptions } from "@node-rs/argon2";
import { expect, test } from "vitest";
import { hashPassword, hashToVerify, verifyPassword } from "./password";

const owasp = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

test("hashPassword uses argon2id, OWASP's parameters and a new salt each time", async () => {
  const [first, second] = [await hashPassword("correct horse"), await hashPassword("correct horse")];
  expect(parseOptions(first)).toMatchObject(owasp);
  expect(first).not.toBe(second);
});

test("verifyPassword accepts the right password and refuses a wrong one", async () => {
  const account = { passwordHash: await hashPassword("correct horse") };
  expect(await verifyPassword(account, "correct horse")).toBe(true);
  expect(await verifyPassword(account, "Correct horse")).toBe(false);
  expect(await verifyPassword(account, "")).toBe(false);
});

test.each([
  ["where there is no account", undefined],
  ["where the account has no password", { passwordHash: null }],
])("the same work is done %s, and the result is false", async (_case, account) => {
  const real = parseOptions(await hashPassword("correct horse"));
  expect(parseOptions(hashToVerify(account))).toEqual(real);
  expect(await verifyPassword(account, "")).toBe(false);
  expect(await verifyPassword(account, hashToVerify(account))).toBe(false);
});

test("an account's own hash is verified", () => {
  expect(hashToVerify({ passwordHash: "its own" })).toBe("its own");
});
