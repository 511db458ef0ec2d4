import { beforeAll, expect, test, vi } from "vitest";
import { type AwayStandby, startAwayStandby } from "@/testing/database/away-standby";
import { isOutcomeUnknown, isUnavailable } from "./unavailable";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let standby: AwayStandby;
beforeAll(async () => {
  standby = await startAwayStandby();
  return standby.close;
});

test("a write without a standby's confirmation fails, with and without a transaction, and the pool stays usable", async () => {
  // Imported here, since these modules read the environment.
  const { db, pool } = await import("@/db/client");
  const { organizations } = await import("@/db/schema");
  const { recordEvent } = await import("@/testing/audit-chain");
  const { createTenant } = await import("@/testing/tenant");
  const { createSession } = await import("./sign-in/sessions");
  const tenant = await createTenant();
  const writes: (() => Promise<unknown>)[] = [
    () => pool.query("insert into organizations (id, name) values ('org_alone', 'Alone')"),
    () => db.insert(organizations).values({ name: "By a prepared statement" }),
    () => db.transaction((tx) => tx.insert(organizations).values({ name: "In Drizzle's transaction" })),
    () => recordEvent(tenant),
    () => createSession(tenant.group.admin.userId),
  ];
  for (const write of writes) {
    const written = () =>
      write().then(
        () => "reported as done",
        (error) => error,
      );
    const error = await standby.withCancelledCommits(written);
    expect([isUnavailable(error), isOutcomeUnknown(error)]).toEqual([true, true]);
  }
  expect(pool.totalCount - pool.idleCount).toBe(0);
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});

test("a read is not affected", async () => {
  const { pool } = await import("@/db/client");
  expect(await standby.withCancelledCommits(async () => (await pool.query("select 1 as one")).rows)).toEqual([
    { one: 1 },
  ]);
});
