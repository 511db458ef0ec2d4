import { createCipheriv, createSecretKey } from "node:crypto";
import { expect, test } from "vitest";
import { decrypt, encrypt, SealError } from "./aes-gcm";

const key = createSecretKey(Buffer.alloc(32, 1));
const boundTo = Buffer.from("here");

test.each(["", "x", "a credential of some length"])("%j is decrypted from a box 28 bytes longer", (text) => {
  const box = encrypt(key, boundTo, Buffer.from(text));
  expect(box.length).toBe(28 + text.length);
  expect(decrypt(key, boundTo, box).toString()).toBe(text);
});

test("each box of the same text has its own IV", () => {
  const ivs = Array.from({ length: 100 }, () => encrypt(key, boundTo, Buffer.from("same")).toString("hex", 0, 12));
  expect(new Set(ivs).size).toBe(100);
});

test("a box can't be opened with another key or another bound value", () => {
  const box = encrypt(key, boundTo, Buffer.from("secret"));
  expect(() => decrypt(createSecretKey(Buffer.alloc(32, 2)), boundTo, box)).toThrow(SealError);
  expect(() => decrypt(key, Buffer.from("there"), box)).toThrow(SealError);
});

test("a truncated box is refused", () => {
  const box = encrypt(key, boundTo, Buffer.from("secret"));
  for (let length = 0; length < box.length; length++) {
    expect(() => decrypt(key, boundTo, box.subarray(0, length))).toThrow(SealError);
    expect(() => decrypt(key, boundTo, box.subarray(box.length - length))).toThrow(SealError);
  }
});

test.each([4, 8, 12, 13, 14, 15])("a valid tag of only %d bytes is refused", (authTagLength) => {
  const iv = Buffer.alloc(12, 3);
  for (const text of ["", "secret", "a text that is longer than a whole tag is"]) {
    const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength }).setAAD(boundTo);
    const box = Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    expect(() => decrypt(key, boundTo, box)).toThrow(SealError);
  }
});
