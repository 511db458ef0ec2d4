import { expect, test } from "vitest";
import { readClaims } from "./identity";

const account = { sub: "1", email: "ada@example.com" };
const verified = (value: unknown) => readClaims({}, { ...account, email_verified: value }).emailVerified;

test("emailVerified is undefined only if the claim is absent", () => {
  expect(readClaims({}, account)).toEqual({ subject: "1", email: account.email, emailVerified: undefined });
});

test.each([true, "true"])("%j is verified", (value) => expect(verified(value)).toBe(true));

test.each([
  false,
  "false",
  0,
  1,
  null,
  undefined,
  "",
  "no",
  "yes",
  "1",
  "TRUE",
  " true",
  {},
  [],
  [true],
  { value: true },
])("%j is not verified", (value) => expect(verified(value)).toBe(false));

test("the e-mail address is verified only if ID token and userinfo both say so, when both have the claim", () => {
  const says = (idToken: unknown, userinfo: unknown) =>
    readClaims({ ...account, email_verified: idToken }, { ...account, email_verified: userinfo }).emailVerified;
  expect(says(true, true)).toBe(true);
  expect(says(false, true)).toBe(false);
  expect(says(true, null)).toBe(false);
  expect(readClaims({ email_verified: false }, account).emailVerified).toBe(false);
});

test("an e-mail address that is not a string is ignored, and a missing subject is refused", () => {
  for (const email of [null, 7, ["ada@example.com"], {}]) {
    expect(readClaims({}, { ...account, email }).email).toBeUndefined();
  }
  expect(() => readClaims({}, { ...account, sub: 7 })).toThrow();
});
