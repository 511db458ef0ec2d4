import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { generateSecret, hashSecret, isWellFormedSecret, writtenHash } from "./secret";

test.each([
  ["group", "vhg_"],
  ["organization", "vho_"],
  ["pipeline", "vhj_"],
] as const)("a %s secret begins with %s, has 53 characters and checks out", (owner, prefix) => {
  const secret = generateSecret(owner);
  expect(secret).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{49}$`));
  expect(isWellFormedSecret(secret)).toBe(true);
});

test("the checksum is zlib's CRC-32 of the 47 characters before it, in padded base62", () => {
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (let round = 0; round < 200; round++) {
    const secret = generateSecret("group");
    const value = [...secret.slice(47)].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0);
    expect(value).toBe(crc32(secret.slice(0, 47)));
  }
});

test("a changed, missing or added character is refused", () => {
  const secret = generateSecret("group");
  for (let index = 0; index < secret.length; index++) {
    const other = secret[index] === "A" ? "B" : "A";
    expect(isWellFormedSecret(secret.slice(0, index) + other + secret.slice(index + 1))).toBe(false);
    expect(isWellFormedSecret(secret.slice(0, index) + secret.slice(index + 1))).toBe(false);
  }
  for (const candidate of ["", "vhg_", `${secret}x`, `${secret}\n`, ` ${secret}`, hashSecret(secret).toString("hex")]) {
    expect(isWellFormedSecret(candidate)).toBe(false);
  }
});

test("secrets differ, and use all digits about equally often", () => {
  const secrets = Array.from({ length: 2000 }, () => generateSecret("group"));
  expect(new Set(secrets).size).toBe(secrets.length);
  const counts = new Map<string, number>();
  for (const digit of secrets.flatMap((secret) => [...secret.slice(4, 47)]))
    counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const expected = (2000 * 43) / 62;
  expect(counts.size).toBe(62);
  for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected * 0.25);
});

test("a written hash is the SHA-256 as PostgreSQL writes it", () => {
  const secret = generateSecret("group");
  expect(writtenHash(secret)).toBe(`\\x${hashSecret(secret).toString("hex")}`);
});
