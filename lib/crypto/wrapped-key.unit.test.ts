import { createSecretKey } from "node:crypto";
import { expect, test } from "vitest";
import { SealError } from "./aes-gcm";
import { readMasterKeys } from "./master-keys";
import { unwrap, wrap } from "./wrapped-key";

const k1 = `k1:${Buffer.alloc(32, 1).toString("base64")}`;
const k2 = `k2:${Buffer.alloc(32, 2).toString("base64")}`;
const bytes = Buffer.alloc(32, 5);
const owner = { id: "key_a", organizationId: "org_a" };
const row = { ...owner, ...wrap(readMasterKeys(k1), owner, createSecretKey(bytes)) };

test("a data key is unwrapped by any master key's id, and is not stored in plain text", () => {
  expect(row.masterKeyId).toBe("k1");
  expect(row.wrapped).toHaveLength(61);
  expect(row.wrapped.includes(bytes.subarray(0, 8))).toBe(false);
  expect(unwrap(readMasterKeys(`${k2},${k1}`), row).export()).toEqual(bytes);
});

test.each([
  ["another organization", { organizationId: "org_b" }],
  ["another key id", { id: "key_b" }],
  ["the id of another master key", { masterKeyId: "k2" }],
])("a wrapped key can't be unwrapped under %s", (_, moved) => {
  expect(() => unwrap(readMasterKeys(`${k1},${k2}`), { ...row, ...moved })).toThrow(SealError);
  // Not even if that master key has the same bytes.
  const twin = k1.replace("k1:", "k2:");
  expect(() => unwrap(readMasterKeys(`${k1},${twin}`), { ...row, ...moved })).toThrow(SealError);
});

test("the error names the missing master key", () => {
  expect(() => unwrap(readMasterKeys(k2), row)).toThrow(new SealError("ENCRYPTION_KEYS lacks the key “k1”."));
});

test("each flipped bit is refused", () => {
  for (let bit = 0; bit < row.wrapped.length * 8; bit++) {
    const wrapped = Buffer.from(row.wrapped);
    wrapped[bit >> 3] = (wrapped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => unwrap(readMasterKeys(k1), { ...row, wrapped })).toThrow(SealError);
  }
});
