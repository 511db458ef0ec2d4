import { and, eq, ne } from "drizzle-orm";
import type { Executor } from "@/db/client";
import { dataKeys } from "@/db/schema";
import { SealError } from "./aes-gcm";
import type { MasterKeys } from "./master-keys";
import { unwrap, type WrappedKey, wrap } from "./wrapped-key";

type Row = typeof dataKeys.$inferSelect;
export type Rotation = { rewrapped: number; unreadable: string[] };

/**
 * Wraps each data key with the first master key, one row at a time, so that readers find the old or the new one.
 * Returns the ids of keys that can't be opened; they stay unchanged.
 */
export async function rotateDataKeys(executor: Executor, keys: MasterKeys): Promise<Rotation> {
  const due = await executor.select().from(dataKeys).where(ne(dataKeys.masterKeyId, keys.first.id));
  const rotation: Rotation = { rewrapped: 0, unreadable: [] };
  for (const row of due) {
    const again = rewrap(keys, row);
    if (!again) rotation.unreadable.push(row.id);
    else if (await replace(executor, row, again)) rotation.rewrapped += 1;
  }
  return rotation;
}

function rewrap(keys: MasterKeys, row: Row): WrappedKey | undefined {
  try {
    return wrap(keys, row, unwrap(keys, row));
  } catch (error) {
    if (error instanceof SealError) return undefined;
    throw error;
  }
}

/** False if a concurrent rotation was faster. */
async function replace(executor: Executor, row: Row, again: WrappedKey): Promise<boolean> {
  const unchanged = and(eq(dataKeys.id, row.id), eq(dataKeys.wrapped, row.wrapped));
  const { rowCount } = await executor.update(dataKeys).set(again).where(unchanged);
  return rowCount === 1;
}
