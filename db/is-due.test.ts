import { expect, test } from "vitest";
import { db } from "./client";
import { isDue, leakReports } from "./schema";

test("a moment that was stored as now is due at once, although it was rounded", async () => {
  for (let round = 0; round < 20; round++) {
    const due = await db.transaction(async (tx) => {
      const [report] = await tx
        .insert(leakReports)
        .values({ hashes: Buffer.alloc(0) })
        .returning();
      // Within the transaction, now() is the same moment, as it may be for a query that follows at once.
      const [found] = await tx.select({ id: leakReports.id }).from(leakReports).where(isDue(leakReports.dueAt));
      await tx.delete(leakReports);
      return { stored: report?.id, found: found?.id };
    });
    expect(due.found).toBe(due.stored);
  }
});
