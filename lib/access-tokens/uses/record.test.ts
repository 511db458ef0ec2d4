import { asc, eq, sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { accessTokens, accessTokenUses } from "@/db/schema";
import { processWide } from "@/lib/process/process-wide";
import { withRequestContext } from "@/lib/request-context";
import { createToken } from "@/testing/access-tokens";
import { hold, waitForLockWaiters } from "@/testing/database/locks";
import { createTenant } from "@/testing/tenant";
import { authenticateAccessToken } from "../authenticate";
import { deleteAccessToken } from "../change";
import { createUseRecorder, flushUses, recordUse } from "./record";
import { forgetEarlierDays } from "./write";

const minute = 60_000;

async function createTestToken() {
  const { admin, scope } = (await createTenant()).group;
  return createToken(admin, scope);
}

/** Age of the last use, its networks, and the row's version, which every write changes. */
async function readLastUse(id: string) {
  const [row] = await db
    .select({
      secondsAgo: sql<number | null>`extract(epoch from now() - ${accessTokens.lastUsedAt})::float8`,
      from: accessTokens.lastUsedFrom,
      version: sql<string>`${accessTokens}.xmin::text`,
    })
    .from(accessTokens)
    .where(eq(accessTokens.id, id));
  if (!row) throw new Error("the token is gone");
  return row;
}

const networksOf = async (id: string) => (await readLastUse(id)).from.map(({ network }) => network);

/** Uses by day, as days before today. */
async function readDays(id: string): Promise<Record<string, number>> {
  const rows = await db
    .select({
      ago: sql<string>`((now() at time zone 'UTC')::date - ${accessTokenUses.day})::text`,
      uses: accessTokenUses.uses,
    })
    .from(accessTokenUses)
    .where(eq(accessTokenUses.accessTokenId, id))
    .orderBy(asc(accessTokenUses.day));
  return Object.fromEntries(rows.map(({ ago, uses }) => [ago, uses]));
}

async function setLastUse(id: string, age: string): Promise<void> {
  await db
    .update(accessTokens)
    .set({ lastUsedAt: sql`now() - ${age}::interval` })
    .where(eq(accessTokens.id, id));
}

/** An instance with its own memory, and a clock that the test moves. */
function startInstance() {
  let now = 1_000_000;
  const { recordUse, ...recorder } = createUseRecorder(() => now);
  return {
    ...recorder,
    use: (id: string, address: string | null = "192.0.2.7", userAgent?: string) =>
      withRequestContext({ requestId: "", channel: "api", address, userAgent }, () => recordUse(id)),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

test("a use is recorded when the background runs", async () => {
  const { id, secret } = await createTestToken();
  await authenticateAccessToken(secret);
  expect((await readLastUse(id)).secondsAgo).toBeNull();
  for (const { run } of processWide.everySecond) await run();
  expect((await readLastUse(id)).secondsAgo).toBeLessThan(60);
});

test("the stop of the background writes everything", async () => {
  const { id, secret } = await createTestToken();
  await authenticateAccessToken(secret);
  for (const { run } of processWide.everySecond) await run();
  await authenticateAccessToken(secret);
  for (const { atStop } of processWide.everySecond) await atStop?.();
  expect(await readDays(id)).toEqual({ 0: 2 });
});

test("a flush waits for the write in progress", async () => {
  const { id } = await createTestToken();
  const release = await hold("lock table access_tokens in exclusive mode");
  recordUse(id);
  const begun = flushUses();
  const done = vi.fn();
  const flushed = flushUses().then(done);
  await waitForLockWaiters(1);
  expect(done).not.toHaveBeenCalled();
  await release();
  await Promise.all([begun, flushed]);
  expect(await readDays(id)).toEqual({ 0: 1 });
});

test("an instance writes a token at most once in five minutes", async () => {
  const { id } = await createTestToken();
  const instance = startInstance();
  instance.use(id);
  await instance.writeDueUses();
  const first = await readLastUse(id);
  expect(first.secondsAgo).toBeLessThan(60);

  instance.pass(4.9 * minute);
  for (let times = 0; times < 1000; times++) instance.use(id);
  await instance.writeDueUses();
  expect((await readLastUse(id)).version).toBe(first.version);

  instance.pass(0.2 * minute);
  await instance.writeDueUses();
  const second = await readLastUse(id);
  expect(second.version).not.toBe(first.version);
  expect(await readDays(id)).toEqual({ 0: 1001 });

  instance.pass(60 * minute);
  await instance.writeDueUses();
  expect((await readLastUse(id)).version).toBe(second.version);
});

test("the first write has the last use only, and the next one its count", async () => {
  const { id } = await createTestToken();
  const instance = startInstance();
  instance.use(id);
  await instance.writeDueUses();
  const { version } = await readLastUse(id);
  expect(await readDays(id)).toEqual({});
  instance.pass(5 * minute);
  await instance.writeDueUses();
  expect(await readDays(id)).toEqual({ 0: 1 });
  expect((await readLastUse(id)).version).toBe(version);
});

test("a last use is exact although it is written minutes later", async () => {
  const { id } = await createTestToken();
  const instance = startInstance();
  instance.use(id);
  instance.pass(4 * minute);
  await instance.writeDueUses();
  const { secondsAgo } = await readLastUse(id);
  expect(secondsAgo).toBeGreaterThanOrEqual(240);
  expect(secondsAgo).toBeLessThan(300);
});

test("the counts of two instances add up, and the later last use stays", async () => {
  const { id } = await createTestToken();
  const [one, other] = [startInstance(), startInstance()];
  for (let times = 0; times < 3; times++) one.use(id, "192.0.2.1");
  for (let times = 0; times < 4; times++) other.use(id, "198.51.100.1");
  one.pass(10 * minute);
  await Promise.all([other.flushUses(), one.flushUses()]);
  // One of the two was skipped if both were writing at once.
  await other.flushUses();
  await one.flushUses();
  expect(await readDays(id)).toEqual({ 0: 7 });
  expect(await networksOf(id)).toEqual(["198.51.100.0/24", "192.0.2.0/24"]);
  expect((await readLastUse(id)).secondsAgo).toBeLessThan(60);
});

test("uses of earlier days count for their day in UTC", async () => {
  const { id } = await createTestToken();
  const instance = startInstance();
  instance.use(id);
  instance.pass(48 * 60 * minute);
  await instance.flushUses();
  instance.use(id);
  instance.use(id);
  await instance.flushUses();
  expect(await readDays(id)).toEqual({ 2: 1, 0: 2 });
});

test("the clock of the instance doesn't count", async () => {
  const { id } = await createTestToken();
  await setLastUse(id, "1 hour");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 24 * 60 * minute });
  try {
    const instance = startInstance();
    instance.use(id);
    await instance.writeDueUses();
  } finally {
    vi.useRealTimers();
  }
  expect((await readLastUse(id)).secondsAgo).toBeLessThan(60);
});

test("the networks and the kinds of client are recorded, without the address", async () => {
  const { id } = await createTestToken();
  const instance = startInstance();
  instance.use(id, "192.0.2.77", "curl/8.5.0");
  instance.pass(1);
  instance.use(id, "2001:db8:1:2:3::4", "GitLab-Runner 17.2 (linux/amd64)");
  instance.pass(1);
  instance.use(id, null, "python-requests/2.32");
  await instance.writeDueUses();
  expect((await readLastUse(id)).from).toEqual([
    { network: "2001:db8:1::/48", client: "GitLab-Runner", lastUsedAt: expect.any(String) },
    { network: "192.0.2.0/24", client: "curl", lastUsedAt: expect.any(String) },
  ]);
});

test("a network's latest client and use are kept", async () => {
  const { id } = await createTestToken();
  const instance = startInstance();
  instance.use(id, "192.0.2.1", "curl/8.5.0");
  instance.pass(minute);
  await instance.flushUses();
  const [before] = (await readLastUse(id)).from;
  instance.use(id, "192.0.2.200", "wget/1.24");
  await instance.flushUses();
  const after = (await readLastUse(id)).from;
  expect(after).toEqual([{ network: "192.0.2.0/24", client: "wget", lastUsedAt: expect.any(String) }]);
  expect(Date.parse(after[0]?.lastUsedAt ?? "")).toBeGreaterThan(Date.parse(before?.lastUsedAt ?? ""));
});

test("only the latest five networks are kept, in memory and in the database", async () => {
  const { id } = await createTestToken();
  const [one, other] = [startInstance(), startInstance()];
  for (let network = 0; network < 10_000; network++) {
    one.pass(1);
    one.use(id, `10.${network >> 8}.${network & 255}.1`);
  }
  await one.flushUses();
  expect(await networksOf(id)).toEqual([9999, 9998, 9997, 9996, 9995].map((n) => `10.${n >> 8}.${n & 255}.0/24`));
  other.use(id, "192.0.2.1");
  await other.flushUses();
  expect(await networksOf(id)).toEqual([
    "192.0.2.0/24",
    ...[9999, 9998, 9997, 9996].map((n) => `10.${n >> 8}.${n & 255}.0/24`),
  ]);
  expect(await readDays(id)).toEqual({ 0: 10_001 });
});

test("a locked token is skipped without waiting, and written later", async () => {
  const { id } = await createTestToken();
  const instance = startInstance();
  instance.use(id);
  await db.transaction(async (tx) => {
    await tx.update(accessTokens).set({ name: "changed" }).where(eq(accessTokens.id, id));
    await instance.writeDueUses();
  });
  expect((await readLastUse(id)).secondsAgo).toBeNull();
  instance.pass(minute);
  await instance.writeDueUses();
  expect((await readLastUse(id)).secondsAgo).toBeGreaterThanOrEqual(60);
});

test("what the database has refused is written later", async () => {
  const { id } = await createTestToken();
  const instance = startInstance();
  instance.use(id);
  const transaction = vi.spyOn(db, "transaction").mockRejectedValueOnce(new Error("away"));
  await expect(instance.writeDueUses()).rejects.toThrow("away");
  transaction.mockRestore();
  instance.pass(minute);
  await instance.flushUses();
  expect(await readDays(id)).toEqual({ 0: 1 });
});

test("the uses of a deleted token are forgotten", async () => {
  const { admin, scope } = (await createTenant()).group;
  const { id } = await createToken(admin, scope);
  const instance = startInstance();
  instance.use(id);
  await instance.flushUses();
  instance.use(id);
  await deleteAccessToken(admin, id);
  await instance.flushUses();
  expect(await readDays(id)).toEqual({});
});

test("more tokens than PostgreSQL allows parameters are recorded", async () => {
  const { id } = await createTestToken();
  for (let one = 0; one < 70_000; one++) recordUse(`tok_${one}`);
  recordUse(id);
  await flushUses();
  expect((await readLastUse(id)).secondsAgo).toBeLessThan(60);
});

test("counts of earlier days than thirty are deleted, a bounded number at a time", async () => {
  const { id } = await createTestToken();
  await db.execute(sql`
    insert into access_token_uses (access_token_id, day, uses)
    select ${id}, (now() at time zone 'UTC')::date - ago, 1 from unnest(array[0, 29, 30, 31, 90]) ago`);
  expect(await forgetEarlierDays(2)).toBe(true);
  expect(await forgetEarlierDays(2)).toBe(false);
  expect(await readDays(id)).toEqual({ 0: 1, 29: 1 });
});
