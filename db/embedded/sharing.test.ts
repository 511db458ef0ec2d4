import { afterAll, beforeAll, expect, test } from "vitest";
import { killGroup, makeFolder, query, removeFolder, start, startInChild, until, usersOf } from "./test-support";

let folder: string;

beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => removeFolder(folder));

test("several apps may start at once on an empty folder", async () => {
  const other = startInChild({ folder });
  const [first, second] = await Promise.all([start({ folder }), start({ folder })]);
  expect(second.url).toBe(first.url);
  expect(await other.url).toBe(first.url);

  await Promise.all([first.stop(), second.stop()]);
  expect(await query(first.url, "select 1")).toEqual([[1]]);
  await killGroup(other.child, "SIGKILL");
  const third = await start({ folder });
  await until(async () => (await usersOf(third.url)).length === 1);
  await third.stop();
  await expect(query(first.url, "select 1")).rejects.toThrow("ECONNREFUSED");
});

test("the last user stops the server", async () => {
  const first = await start({ folder });
  const second = await start({ folder });
  expect(second.url).toBe(first.url);
  await first.stop();
  await first.stop();
  expect(await query(second.url, "select 1")).toEqual([[1]]);
  await second.stop();
  await expect(query(second.url, "select 1")).rejects.toThrow("ECONNREFUSED");
});

test("one app can start while another stops", async () => {
  const first = await start({ folder });
  await query(first.url, "create table kept as select 42 as answer");
  const [, second] = await Promise.all([first.stop(), start({ folder })]);
  expect(await query(second.url, "select answer from kept")).toEqual([[42]]);
  await second.stop();
});

test("a user who loses the connection in a crash is counted again", async () => {
  const first = await start({ folder });
  const second = await start({ folder });
  const before = await usersOf(first.url);
  expect(before).toHaveLength(2);
  process.kill(Number(before[0]), "SIGKILL");
  await until(async () => {
    const now = await usersOf(first.url).catch(() => []);
    return now.length === 2 && now.every((pid) => !before.includes(pid));
  });

  await second.stop();
  expect(await query(first.url, "select 1")).toEqual([[1]]);
  await first.stop();
  await expect(query(first.url, "select 1")).rejects.toThrow("ECONNREFUSED");
});
