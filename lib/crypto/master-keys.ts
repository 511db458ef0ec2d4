import { createSecretKey, type KeyObject } from "node:crypto";
import { readSettings, settings } from "@/lib/env";

type MasterKey = { id: string; key: KeyObject };

/** `first` wraps new data keys; every key can unwrap. */
export type MasterKeys = { first: MasterKey; byId: ReadonlyMap<string, KeyObject> };

let current: MasterKeys | undefined;

/** The master keys of this process. */
export function masterKeys(): MasterKeys {
  current ??= readMasterKeys(settings().ENCRYPTION_KEYS);
  return current;
}

/** Parses a list like "k1:<32 bytes in base64>,k0:…". Throws a SettingsError if it is malformed. */
export function readMasterKeys(list: string | undefined): MasterKeys {
  const { ENCRYPTION_KEYS = "" } = readSettings({ ENCRYPTION_KEYS: list });
  const keys = ENCRYPTION_KEYS.split(",").map((pair) => {
    const [id = "", base64 = ""] = pair.trim().split(":");
    return { id, key: createSecretKey(base64, "base64") };
  });
  const [first] = keys;
  if (!first?.id) throw new Error("ENCRYPTION_KEYS is not set: the start sees to that");
  return { first, byId: new Map(keys.map(({ id, key }) => [id, key])) };
}
