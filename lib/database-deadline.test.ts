import { expect, test } from "vitest";
import { pool } from "@/db/client";
import { asOwner } from "@/testing/database/database-owner";

const takes = (seconds: number) => pool.query(`select pg_sleep(${seconds})`);

async function backend(): Promise<number | undefined> {
  const { rows } = await pool.query<{ pid: number }>("select pg_backend_pid() as pid");
  return rows[0]?.pid;
}

test("concurrent queries count once, sequential ones add up", async () => {
  const threeInRow = async () => {
    for (let query = 0; query < 3; query++) await takes(0.4);
  };
  await pool.withDeadline(2500, () => Promise.all(Array.from({ length: 5 }, threeInRow)));
  await expect(pool.withDeadline(800, threeInRow)).rejects.toThrow("Connection terminated");
});

test("concurrent queries all end at the deadline", async () => {
  const ended = await pool.withDeadline(300, () => Promise.allSettled([takes(60), takes(60), takes(60)]));
  expect(ended.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect((await takes(0)).rowCount).toBe(1);
});

test("background work is not bound to the request's deadline", async () => {
  const setOff = pool.withDeadline(100, () => pool.withoutDeadline(() => takes(0.6)));
  expect((await setOff).rowCount).toBe(1);
});

test("a slow query keeps the other connections, and a silent server loses all", async () => {
  const ready = await Promise.all([backend(), backend()]);
  const slow = pool.withDeadline(500, () => takes(60));
  let isOver = false;
  const over = slow.catch(() => {
    isOver = true;
  });
  while (!isOver) expect(ready).toContain(await backend());
  await over;
  expect(ready).toContain(await backend());

  const idle = await Promise.all([backend(), backend()]);
  await expect(pool.withDeadline(2500, () => takes(60))).rejects.toThrow();
  expect(idle).not.toContain(await backend());
});

test("the server runs an abandoned query for at most five seconds", async () => {
  const given = "select pg_sleep(60) as given_up";
  // Connected before, since the server may end the query as soon as it is abandoned.
  await asOwner(async (owner) => {
    const running = async () => (await owner.query("select from pg_stat_activity where query = $1", [given])).rowCount;
    const givenUp = expect(pool.withDeadline(2000, () => pool.query(given))).rejects.toThrow();
    await expect.poll(running, { timeout: 2000 }).toBe(1);
    await givenUp;
    await expect.poll(running, { timeout: 8000, interval: 100 }).toBe(0);
  });
});

test("a caller's statement waits for one round of others, however many they queue", async () => {
  const as = (caller: string) =>
    pool.withDeadline(20_000, () => {
      pool.shareAs(caller);
      return takes(0.05);
    });
  let done = 0;
  const flood = Array.from({ length: 100 }, (_, number) => as(`busy ${number % 5}`).then(() => done++));
  await as("idle");
  // Twenty connections: queries in progress, and those started with it.
  expect(done).toBeLessThanOrEqual(40);
  await Promise.all(flood);
  expect(done).toBe(100);
});
