import { expect, test } from "vitest";
import { pool } from "@/db/client";
import { isDatabaseReady } from "./health";

test("concurrent health checks make one query", async () => {
  const before = pool.totalCount;
  const answers = await Promise.all(Array.from({ length: 200 }, () => isDatabaseReady()));
  expect(new Set(answers)).toEqual(new Set([true]));
  expect(pool.totalCount).toBeLessThanOrEqual(before + 1);
  expect(await isDatabaseReady()).toBe(true);
});
