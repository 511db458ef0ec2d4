import { expect, test } from "vitest";
import { db } from "@/db/client";
import { createTenant } from "./testing/tenant";

test("smoke", async () => {
  const t = await createTenant();
  expect(t.group.admin.kind).toBe("person");
  console.log(
    (
      await db.execute(
        "select version(), current_user, session_user, current_setting('lc_collate', true) c, current_setting('TimeZone') tz",
      )
    ).rows,
  );
});
