import { count, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import { dataKeys } from "@/db/schema";
import { hold, waitForLockWaiters } from "@/testing/database/locks";
import { createTenant } from "@/testing/tenant";
import { remembered } from "./data-keys";
import { type SealedAt, seal, unseal } from "./seal";

async function newPlace(): Promise<SealedAt> {
  const { organization } = await createTenant();
  return { organizationId: organization.id, table: "accesses", column: "credential", rowId: "row_1" };
}

async function countKeys({ organizationId }: SealedAt): Promise<number | undefined> {
  const [row] = await db.select({ n: count() }).from(dataKeys).where(eq(dataKeys.organizationId, organizationId));
  return row?.n;
}

test("values sealed concurrently as the first share one data key, and all open", async () => {
  const place = await newPlace();
  const texts = Array.from({ length: 16 }, (_, i) => `secret ${i}`);
  const sealed = await Promise.all(texts.map((text) => db.transaction((tx) => seal(tx, place, text))));
  expect(await countKeys(place)).toBe(1);
  remembered.clear();
  expect(await Promise.all(sealed.map((value) => unseal(db, place, value)))).toEqual(texts);
});

test("a concurrent first value waits for the other transaction and uses its key", async () => {
  const place = await newPlace();
  let second: Promise<Buffer> | undefined;
  const first = await db.transaction(async (tx) => {
    const value = await seal(tx, place, "first");
    second = db.transaction((other) => seal(other, place, "second"));
    await waitForLockWaiters(1);
    return value;
  });
  if (!second) throw new Error("the second did not begin");
  expect(await countKeys(place)).toBe(1);
  remembered.clear();
  expect([await unseal(db, place, first), await unseal(db, place, await second)]).toEqual(["first", "second"]);
});

test("a data key of a rolled-back transaction is never used again", async () => {
  const place = await newPlace();
  const rolledBack = db.transaction(async (tx) => {
    await seal(tx, place, "first");
    await seal(tx, place, "second");
    tx.rollback();
  });
  await expect(rolledBack).rejects.toThrow();
  expect(await countKeys(place)).toBe(0);
  const sealed = await seal(db, place, "third");
  remembered.clear();
  expect(await unseal(db, place, sealed)).toBe("third");
});

test("a value opens without a query if its key is cached", async () => {
  const place = await newPlace();
  const sealed = await seal(db, place, "secret");
  const release = await hold("lock table data_keys in access exclusive mode");
  expect(await unseal(db, place, sealed)).toBe("secret");
  await release();
});
