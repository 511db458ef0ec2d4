import { generateKeySync, type KeyObject } from "node:crypto";
import { and, eq, getTableColumns, sql } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import type { Executor } from "@/db/client";
import { newId } from "@/db/ids";
import { prepared } from "@/db/prepared";
import { dataKeys } from "@/db/schema";
import { log } from "@/lib/log";
import { SealError } from "./aes-gcm";
import { masterKeys } from "./master-keys";
import { unwrap, wrap } from "./wrapped-key";

type Row = typeof dataKeys.$inferSelect;
/** `now` is the database's clock, not the transaction's start. The same query returns it for callers that need both. */
type RowWithTime = Row & { now: Date };
type SealingKey = { id: string; key: KeyObject; now: Date };

const columnsWithTime = { ...getTableColumns(dataKeys), now: sql`clock_timestamp()`.mapWith(dataKeys.createdAt) };

/** Unwrapped data keys by id, for five minutes, so that opening a value needs no query. */
export const remembered = new LRUCache<string, KeyObject>({ max: 1000, ttl: 5 * 60_000, ttlAutopurge: true });

/**
 * The key to seal the organization's values with, created if missing. Always queries the database: a cached key may
 * come from a rolled-back transaction, and a value sealed with it could never be opened.
 */
export async function keyForSealing(tx: Executor, organizationId: string): Promise<SealingKey> {
  const row = (await find(tx, organizationId)) ?? (await make(tx, organizationId)) ?? (await find(tx, organizationId));
  if (!row) throw new Error("the organization's data key was made by another transaction that this one can't see");
  return { id: row.id, key: remembered.get(nameOf(row)) ?? openInUse(row), now: row.now };
}

/** The organization's key with this id. Throws a SealError if there is none. */
export async function keyForUnsealing(executor: Executor, organizationId: string, id: string): Promise<KeyObject> {
  const known = remembered.get(nameOf({ organizationId, id }));
  if (known) return known;
  const [row] = await executor
    .select()
    .from(dataKeys)
    .where(and(eq(dataKeys.organizationId, organizationId), eq(dataKeys.id, id)));
  if (!row) throw new SealError("The organization has no such data key.");
  return openInUse(row);
}

/** The organization's key, if any. Throws a SealError if it can't be opened. */
export async function existingKey(executor: Executor, organizationId: string): Promise<KeyObject | undefined> {
  const row = await find(executor, organizationId);
  return row && (remembered.get(nameOf(row)) ?? open(row));
}

async function find(tx: Executor, organizationId: string): Promise<RowWithTime | undefined> {
  const ofOrganization = eq(dataKeys.organizationId, sql.placeholder("organizationId"));
  const query = prepared(tx, "data_key", () => tx.select(columnsWithTime).from(dataKeys).where(ofOrganization));
  const [row] = await query.execute({ organizationId });
  return row;
}

/** If two transactions insert at once, the second waits for the first and inserts nothing. */
async function make(tx: Executor, organizationId: string): Promise<RowWithTime | undefined> {
  const owner = { id: newId("key"), organizationId };
  const wrapped = wrap(masterKeys(), owner, generateKeySync("aes", { length: 256 }));
  const target = dataKeys.organizationId;
  const [row] = await tx
    .insert(dataKeys)
    .values({ ...owner, ...wrapped })
    .onConflictDoNothing({ target })
    .returning(columnsWithTime);
  return row;
}

/** Logged here: without the data key no audit event can be recorded, and `audit:verify` reports it too. */
function openInUse(row: Row): KeyObject {
  try {
    return open(row);
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause;
    log.error({ err: cause, organizationId: row.organizationId, dataKeyId: row.id }, "a data key does not open");
    throw new SealError(unusable, { isOfKey: true, cause });
  }
}

const unusable =
  "The key of this organization’s stored data can’t be opened, so nothing can be read or recorded with it. Tell your operator.";

function open(row: Row): KeyObject {
  const key = unwrap(masterKeys(), row);
  remembered.set(nameOf(row), key);
  return key;
}

function nameOf({ organizationId, id }: { organizationId: string; id: string }): string {
  return `${organizationId}/${id}`;
}
