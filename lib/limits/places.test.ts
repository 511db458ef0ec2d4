import { eq, sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { db, pool } from "@/db/client";
import { newId } from "@/db/ids";
import { leases } from "@/db/schema";
import { createPlaces } from "./places";

const long = 15_000;
/** Called twice, it simulates two instances. */
const create = (maxWait = long) => createPlaces({ name: "test", places: 2, maxWait });
const held = (key: string) =>
  db
    .select()
    .from(leases)
    .where(eq(leases.name, `test:${key}`));

/** Work that ends on request and counts its running calls. */
function slowWork() {
  const { promise: end, resolve: finish } = Promise.withResolvers<void>();
  const state = { begun: 0, underWay: 0, most: 0 };
  const work = async () => {
    state.begun += 1;
    state.underWay += 1;
    state.most = Math.max(state.most, state.underWay);
    await end;
    state.underWay -= 1;
    return "done";
  };
  return { work, state, finish };
}

test("at most two run for one key across two instances, and others wait for their turn", async () => {
  const [here, there, key] = [create(), create(), newId("org")];
  const { work, state, finish } = slowWork();
  const all = Array.from({ length: 8 }, (_, place) => (place % 2 === 0 ? here : there).withPlace(key, work));
  await vi.waitFor(() => expect(state.begun).toBe(2));
  expect(await held(key)).toHaveLength(2);
  expect(await here.withPlace(newId("org"), async () => "another key")).toEqual({ result: "another key" });
  finish();
  expect(await Promise.all(all)).toEqual(Array(8).fill({ result: "done" }));
  expect(state).toMatchObject({ begun: 8, most: 2 });
  await vi.waitFor(async () => expect(await held(key)).toEqual([]));
});

test("a call that finds no place in time returns undefined and does nothing", async () => {
  const [here, there, key] = [create(), create(300), newId("org")];
  const { work, finish } = slowWork();
  const first = [here.withPlace(key, work), here.withPlace(key, work)];
  await vi.waitFor(async () => expect(await held(key)).toHaveLength(2));
  const undone = () => Promise.reject(new Error("done all the same"));
  expect(await Promise.all([there.withPlace(key, undone), there.withPlace(key, undone)])).toEqual([
    undefined,
    undefined,
  ]);
  finish();
  await Promise.all(first);
});

test("failing work frees its place and passes its error on", async () => {
  const [here, key] = [create(), newId("org")];
  for (let time = 0; time < 3; time++) {
    await expect(here.withPlace(key, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  }
  await vi.waitFor(async () => expect(await held(key)).toEqual([]));
});

test("the places of a crashed instance are freed when their leases expire", async () => {
  const [here, impatient, key] = [create(), create(0), newId("org")];
  const endsAt = sql`clock_timestamp() + interval '2 seconds'`;
  const dead = [1, 2].map((place) => ({ name: `test:${key}`, place, holder: "dead", endsAt }));
  await db.insert(leases).values(dead);
  expect(await impatient.withPlace(key, async () => "too early")).toBeUndefined();
  expect(await here.withPlace(key, async () => "later")).toEqual({ result: "later" });
});

test("a place is kept while the work runs, without a connection", async () => {
  const [here, key] = [create(), newId("org")];
  const { work, finish } = slowWork();
  const done = here.withPlace(key, work);
  await vi.waitFor(async () => expect(await held(key)).toHaveLength(1));
  await vi.waitFor(() => expect(pool.totalCount - pool.idleCount).toBe(0));
  const soon = sql`clock_timestamp() + interval '7 seconds'`;
  const [{ endsAt: before } = { endsAt: new Date(0) }] = await db
    .update(leases)
    .set({ endsAt: soon })
    .where(eq(leases.name, `test:${key}`))
    .returning();
  await vi.waitFor(async () => expect((await held(key))[0]?.endsAt.getTime()).toBeGreaterThan(before.getTime()), {
    timeout: 10_000,
  });
  finish();
  expect(await done).toEqual({ result: "done" });
});
