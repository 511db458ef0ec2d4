import type { Executor } from "@/db/client";
import { dataKeys } from "@/db/schema";
import { SettingsError } from "@/lib/env";
import { SealError } from "./aes-gcm";
import { type MasterKeys, readMasterKeys } from "./master-keys";
import { unwrap } from "./wrapped-key";

type Row = typeof dataKeys.$inferSelect;

/** Throws a SettingsError that lists each master key that stored data keys need and ENCRYPTION_KEYS lacks. */
export async function requireKeysInUse(executor: Executor, encryptionKeys: string | undefined): Promise<void> {
  const keys = readMasterKeys(encryptionKeys);
  const all = await executor.select().from(dataKeys).orderBy(dataKeys.masterKeyId);
  const rows = Object.entries(Object.groupBy(all, ({ masterKeyId }) => masterKeyId));
  const problems = rows.flatMap(([id, wrappedWithIt = []]) => problemWith(keys, id, wrappedWithIt) ?? []);
  if (problems.length > 0) throw new SettingsError(problems);
}

/** How many data keys there are, how many the first master key does not wrap, and the ids of those that don't open. */
export async function lookAtDataKeys(executor: Executor, encryptionKeys: string) {
  const keys = readMasterKeys(encryptionKeys);
  const all = await executor.select().from(dataKeys).orderBy(dataKeys.id);
  const older = all.filter(({ masterKeyId }) => masterKeyId !== keys.first.id).length;
  return { all: all.length, older, unreadable: all.filter((row) => !opens(keys, row)).map(({ id }) => id) };
}

function problemWith(keys: MasterKeys, id: string, rows: Row[]): string | undefined {
  if (!keys.byId.has(id)) {
    return `ENCRYPTION_KEYS lacks the key "${id}", which stored secrets still need. Add it after the first key; it can go once npm run keys:rotate has run.`;
  }
  // One that opens is enough: a damaged row does not mean a wrong key.
  if (rows.some((row) => opens(keys, row))) return undefined;
  return `ENCRYPTION_KEYS has another key as "${id}" than the one that stored secrets need. Put the old one back, and give a new key a new id.`;
}

function opens(keys: MasterKeys, row: Row): boolean {
  try {
    return Boolean(unwrap(keys, row));
  } catch (error) {
    if (error instanceof SealError) return false;
    throw error;
  }
}
