import { eq } from "drizzle-orm";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { expect, onTestFinished, test, vi } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { rateLimits } from "@/db/schema";
import { asOwner } from "@/testing/database/database-owner";
import { createFailureLimit } from "./failures";

type Limit = Parameters<typeof createFailureLimit>[0];
const limit = { points: 5, duration: 60 };

/** Two instances that share only the database, and their stored count. */
function twoInstances(options: Partial<Limit> = {}) {
  const name = newId("usr");
  const stored = async (key: string) => {
    const [row] = await db
      .select()
      .from(rateLimits)
      .where(eq(rateLimits.key, `${name}:${key}`));
    return row?.points ?? 0;
  };
  return {
    here: createFailureLimit({ name, ...limit, ...options }),
    there: createFailureLimit({ name, ...limit, ...options }),
    stored,
  };
}

type Failures = ReturnType<typeof createFailureLimit>;

function fail(failures: Failures, key: string, times: number): (number | undefined)[] {
  return Array.from({ length: times }, () => failures.fail(key));
}

const none = (times: number) => Array<undefined>(times).fill(undefined);

test("failures pass up to the limit, and then none until the window ends", () => {
  const { here } = twoInstances();
  expect(fail(here, "a", 5)).toEqual(none(5));
  for (const wait of fail(here, "a", 3)) expect(wait).toBe(60);
  expect(fail(here, "b", 5)).toEqual(none(5));
});

test("wait returns the block without counting", async () => {
  const { here, there, stored } = twoInstances();
  expect(here.wait("a")).toBeUndefined();
  fail(here, "a", 4);
  expect([here.wait("a"), here.wait("a")]).toEqual(none(2));
  fail(here, "a", 1);
  expect([here.wait("a"), here.wait("b")]).toEqual([60, undefined]);
  await here.flush();
  expect(await stored("a")).toBe(5);
  fail(there, "a", 1);
  await there.flush();
  expect(there.wait("a")).toBeGreaterThan(0);
});

test("an instance learns of another's failures with its next write, and shares its window", async () => {
  const { here, there, stored } = twoInstances();
  fail(here, "a", 4);
  await here.flush();
  expect(fail(there, "a", 1)).toEqual(none(1));
  await there.flush();
  expect(await stored("a")).toBe(5);
  expect(there.fail("a")).toBeGreaterThan(50);
  // One more failure, whose write returns that the limit is reached.
  expect(fail(here, "a", 1)).toEqual(none(1));
  await here.flush();
  expect(here.fail("a")).toBeGreaterThan(50);
});

test("a blocked failure is not written", async () => {
  const { here, stored } = twoInstances();
  fail(here, "a", 50);
  await here.flush();
  fail(here, "a", 50);
  await here.flush();
  expect(await stored("a")).toBe(5);
});

test("a window ends for all instances, and its failures are forgotten", async () => {
  const { here, there, stored } = twoInstances({ points: 2, duration: 1 });
  fail(here, "a", 2);
  expect(here.fail("a")).toBe(1);
  await here.flush();
  expect(await stored("a")).toBe(2);
  await vi.waitFor(() => expect(here.fail("a")).toBeUndefined(), { timeout: 5000, interval: 50 });
  expect(there.fail("a")).toBeUndefined();
});

test("a window that ends during a write blocks nobody", async () => {
  const { here } = twoInstances();
  fail(here, "a", 5);
  const penalty = vi.spyOn(RateLimiterPostgres.prototype, "penalty");
  onTestFinished(() => penalty.mockRestore());
  penalty.mockResolvedValueOnce(new RateLimiterRes(0, 0, 5));
  await here.flush();
  expect(here.fail("a")).toBeUndefined();
});

test("a full memory drops the key that failed longest ago", () => {
  const { here } = twoInstances({ points: 1, capacity: 2 });
  for (const key of ["a", "b"]) here.fail(key);
  expect([here.fail("a"), here.fail("b")]).toEqual([60, 60]);
  here.fail("c");
  expect([here.fail("c"), here.fail("b"), here.fail("a")]).toEqual([60, 60, undefined]);
});

test("without a database an instance counts alone, and later counts for all again", async () => {
  const { here, stored } = twoInstances();
  await asOwner(async (owner) => {
    await owner.query("alter table rate_limits rename to rate_limits_away");
    fail(here, "a", 3);
    await expect(here.flush()).rejects.toThrow();
    await owner.query("alter table rate_limits_away rename to rate_limits");
  });
  expect(fail(here, "a", 2)).toEqual(none(2));
  expect(here.fail("a")).toBe(60);
  fail(here, "b", 1);
  await here.flush();
  expect([await stored("a"), await stored("b")]).toEqual([5, 1]);
  expect(here.fail("a")).toBeDefined();
});
