import { inspect } from "node:util";
import { expect, test } from "vitest";
import { SettingsError } from "@/lib/env";
import { readMasterKeys } from "./master-keys";

const base64 = (fill: number) => Buffer.alloc(32, fill).toString("base64");

test("the first key wraps, and every key can unwrap", () => {
  const keys = readMasterKeys(` k2:${base64(2)} , k1:${base64(1)} `);
  expect(keys.first.id).toBe("k2");
  expect([...keys.byId.keys()]).toEqual(["k2", "k1"]);
  expect(keys.byId.get("k1")?.export()).toEqual(Buffer.alloc(32, 1));
  expect(keys.first.key.export()).toEqual(Buffer.alloc(32, 2));
});

test.each(["k1", `k1:${Buffer.alloc(16).toString("base64")}`, `k1:${base64(1)},k1:${base64(2)}`])(
  "%s is refused",
  (list) => expect(() => readMasterKeys(list)).toThrow(SettingsError),
);

test("a missing list is a settings error", () => {
  expect(() => readMasterKeys(undefined)).toThrow("ENCRYPTION_KEYS is not set");
});

test("printed keys reveal nothing", () => {
  const keys = readMasterKeys(`k1:${base64(9)}`);
  const printed = inspect(keys, { depth: 10, showHidden: true }) + JSON.stringify([keys, [...keys.byId]]);
  expect(printed).toContain("k1");
  for (const encoding of ["base64", "hex", "latin1"] as const) {
    expect(printed).not.toContain(Buffer.alloc(32, 9).toString(encoding));
  }
});
