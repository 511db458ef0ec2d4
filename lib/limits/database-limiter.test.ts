import { expect, test, vi } from "vitest";
import { pool } from "@/db/client";
import { newId } from "@/db/ids";
import { createHourlyBound } from "@/lib/audit/hourly-bound";
import { createFailureLimit } from "./failures";
import { countOne, createLimiter } from "./rate-limit";

const hour = 3_600_000;
const limit = { points: 2, duration: 60 };

/** What an instance does whose clock is wrong by so many milliseconds. */
async function withClockOff<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + milliseconds });
  try {
    return await work();
  } finally {
    vi.useRealTimers();
  }
}

async function secondsStored(key: string): Promise<number> {
  const { rows } = await pool.query<{ seconds: number }>(
    "select (expire / 1000.0 - extract(epoch from now()))::float8 as seconds from rate_limits where key = $1",
    [key],
  );
  return rows[0]?.seconds ?? Number.NaN;
}

const wrongClocks = [
  ["an hour ahead", hour],
  ["an hour behind", -hour],
] as const;

test.each(wrongClocks)(
  "a window that an instance begins whose clock is %s ends on time for all",
  async (_which, off) => {
    const name = newId("usr");
    const [theirs, ours] = [createLimiter(name, limit), createLimiter(name, limit)];
    expect(await withClockOff(off, () => countOne(theirs, "a"))).toMatchObject({ isOver: false, left: 1 });
    const seconds = await secondsStored(`${name}:a`);
    expect(seconds).toBeGreaterThan(30);
    expect(seconds).toBeLessThanOrEqual(60);
    const counted = await countOne(ours, "a");
    expect(counted).toMatchObject({ isOver: false, left: 0 });
    expect(counted.msBeforeNext).toBeGreaterThan(30_000);
    expect(counted.msBeforeNext).toBeLessThanOrEqual(60_000);
  },
);

test.each(wrongClocks)("a window counts and refuses at an instance whose clock is %s", async (_which, off) => {
  const name = newId("usr");
  const [theirs, ours] = [createLimiter(name, limit), createLimiter(name, limit)];
  for (const left of [1, 0]) expect(await countOne(ours, "a")).toMatchObject({ isOver: false, left });
  const refused = await withClockOff(off, () => countOne(theirs, "a"));
  expect(refused).toMatchObject({ isOver: true });
  expect(refused.msBeforeNext).toBeGreaterThan(30_000);
  expect(refused.msBeforeNext).toBeLessThanOrEqual(60_000);
  expect(await withClockOff(off, () => theirs.get("a"))).toMatchObject({ consumedPoints: 3, remainingPoints: 0 });
  expect(await secondsStored(`${name}:a`)).toBeLessThanOrEqual(60);
});

test.each(wrongClocks)(
  "failures written by an instance whose clock is %s are forgotten on time",
  async (_which, off) => {
    const name = newId("usr");
    const [theirs, ours] = [createFailureLimit({ name, ...limit }), createFailureLimit({ name, ...limit })];
    await withClockOff(off, async () => {
      theirs.fail("a");
      await theirs.flush();
    });
    ours.fail("a");
    await ours.flush();
    const wait = ours.wait("a");
    expect(wait).toBeGreaterThan(30);
    expect(wait).toBeLessThanOrEqual(60);
  },
);

test("a window that has ended begins anew, and is not read any more", async () => {
  const name = newId("usr");
  const limiter = createLimiter(name, limit, { refunds: true });
  for (const isOver of [false, false, true]) expect(await countOne(limiter, "a")).toMatchObject({ isOver });
  await pool.query("update rate_limits set expire = expire - 60000 where key = $1", [`${name}:a`]);
  expect(await limiter.get("a")).toBeNull();
  expect(await countOne(limiter, "a")).toMatchObject({ isOver: false, left: 1 });
});

test("counts are swept an hour after their window by the database's clock", async () => {
  const name = newId("usr");
  const limiter = createLimiter(name, limit, { sweeps: true });
  for (const key of ["old", "new"]) await countOne(limiter, key);
  await pool.query("update rate_limits set expire = expire - 3700000 where key = $1", [`${name}:old`]);
  await withClockOff(2 * hour, () => limiter.clearExpired());
  const { rows } = await pool.query("select key from rate_limits where starts_with(key, $1)", [name]);
  expect(rows).toEqual([{ key: `${name}:new` }]);
});

test("the last event in an hour says until when by the database's clock", async () => {
  const count = createHourlyBound(newId("usr"), 1);
  const { further_not_recorded_until: until } = (await withClockOff(hour, () => count("a"))) ?? expect.fail();
  const seconds = (Date.parse(String(until)) - Date.now()) / 1000;
  expect(seconds).toBeGreaterThan(3000);
  expect(seconds).toBeLessThanOrEqual(3610);
});
