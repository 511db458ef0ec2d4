import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import { accessTokens } from "@/db/schema";
import { processWide } from "@/lib/process/process-wide";
import { createToken } from "@/testing/access-tokens";
import { asOwner } from "@/testing/database/database-owner";
import { createTenant } from "@/testing/tenant";
import { authenticateAccessToken } from "./authenticate";
import { flushLastUsed, recordUse } from "./last-used";

async function createTestToken() {
  const { admin, scope } = (await createTenant()).group;
  return createToken(admin, scope);
}

/** Age of the last use, and the row's version, which every write changes. */
async function readLastUse(id: string) {
  const [row] = await db
    .select({
      secondsAgo: sql<number | null>`extract(epoch from now() - ${accessTokens.lastUsedAt})::float8`,
      version: sql<string>`${accessTokens}.xmin::text`,
    })
    .from(accessTokens)
    .where(eq(accessTokens.id, id));
  if (!row) throw new Error("the token is gone");
  return row;
}

async function setLastUse(id: string, age: string): Promise<void> {
  await db
    .update(accessTokens)
    .set({ lastUsedAt: sql`now() - ${age}::interval` })
    .where(eq(accessTokens.id, id));
}

test("a use is recorded when the background runs", async () => {
  const { id, secret } = await createTestToken();
  await authenticateAccessToken(secret);
  expect((await readLastUse(id)).secondsAgo).toBeNull();
  for (const { run } of processWide.everySecond) await run();
  expect((await readLastUse(id)).secondsAgo).toBeLessThan(60);
});

test("a use that could not be written is written the next time", async () => {
  const { id, secret } = await createTestToken();
  await authenticateAccessToken(secret);
  await asOwner(async (owner) => {
    await owner.query("alter table access_tokens rename to access_tokens_away");
    await expect(flushLastUsed()).rejects.toThrow();
    await owner.query("alter table access_tokens_away rename to access_tokens");
  });
  await flushLastUsed();
  expect((await readLastUse(id)).secondsAgo).toBeLessThan(60);
});

test("a use is not written within five minutes of the last write", async () => {
  const { id, secret } = await createTestToken();
  await setLastUse(id, "4 minutes 50 seconds");
  const before = await readLastUse(id);
  await authenticateAccessToken(secret);
  await flushLastUsed();
  expect((await readLastUse(id)).version).toBe(before.version);
});

test("a use is written after five minutes", async () => {
  const { id, secret } = await createTestToken();
  await setLastUse(id, "5 minutes 10 seconds");
  await authenticateAccessToken(secret);
  await flushLastUsed();
  expect((await readLastUse(id)).secondsAgo).toBeLessThan(60);
});

test("an instance doesn't repeat another instance's write", async () => {
  const { id } = await createTestToken();
  recordUse({ id, lastUsedAt: null });
  await flushLastUsed();
  const { version } = await readLastUse(id);
  recordUse({ id, lastUsedAt: null });
  await flushLastUsed();
  expect((await readLastUse(id)).version).toBe(version);
});

test("a locked token is skipped without waiting", async () => {
  const { id, secret } = await createTestToken();
  await db.transaction(async (tx) => {
    await tx.update(accessTokens).set({ name: "changed" }).where(eq(accessTokens.id, id));
    await authenticateAccessToken(secret);
    await flushLastUsed();
  });
  expect((await readLastUse(id)).secondsAgo).toBeNull();

  await authenticateAccessToken(secret);
  await flushLastUsed();
  expect((await readLastUse(id)).secondsAgo).toBeLessThan(60);
});

test("more tokens than PostgreSQL allows parameters are recorded at once", async () => {
  const { id } = await createTestToken();
  for (let one = 0; one < 70_000; one++) recordUse({ id: `tok_${one}`, lastUsedAt: null });
  recordUse({ id, lastUsedAt: null });
  await flushLastUsed();
  expect((await readLastUse(id)).secondsAgo).toBeLessThan(60);
});
