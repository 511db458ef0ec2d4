import { sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { db } from "./client";
import { prepared } from "./prepared";
import { organizations } from "./schema";

const echo = () => db.select({ said: sql<string>`${sql.placeholder("said")}::text` }).from(sql`(values (1)) as one`);

test("a prepared query is built once, and each call gets its own values", async () => {
  const write = vi.fn(echo);
  const say = (said: string) => prepared(db, "echo", write).execute({ said });
  const given = Array.from({ length: 50 }, (_, index) => `said ${index}`);
  expect(await Promise.all(given.map(say))).toEqual(given.map((said) => [{ said }]));
  expect(write).toHaveBeenCalledOnce();
});

test("a prepared query runs in the transaction that it was prepared for", async () => {
  const inserted = async (executor: Parameters<typeof prepared>[0]) =>
    prepared(executor, "new organizations", () =>
      executor.select().from(organizations).where(sql`${organizations.name} = 'not committed'`),
    ).execute();
  const work = db.transaction(async (tx) => {
    await tx.insert(organizations).values({ name: "not committed" });
    expect(await inserted(tx)).toHaveLength(1);
    expect(await inserted(db)).toHaveLength(0);
    throw new Error("taken back");
  });
  await expect(work).rejects.toThrow("taken back");
  expect(await db.transaction(inserted)).toHaveLength(0);
});
