import { expect, test } from "vitest";
import { chainOf, recordEvent } from "@/lib/testing/audit-chain";
import { asOwner } from "@/lib/testing/database-owner";
import { createTenant } from "@/lib/testing/tenant";
import { startAuditSealer } from "./audit-sealer";

test("what is written while it runs is sealed soon, and what waits before and at the end too", async () => {
  const tenant = await createTenant();
  const length = async () => (await chainOf(tenant.organization.id)).length;
  await recordEvent(tenant, "before");
  const stop = startAuditSealer();
  await expect.poll(length, { timeout: 4000 }).toBe(1);
  await recordEvent(tenant, "while it runs");
  await expect.poll(length, { timeout: 4000 }).toBe(2);
  await recordEvent(tenant, "at the end");
  await stop();
  expect(await length()).toBe(3);
  await recordEvent(tenant, "after it");
  expect(await length()).toBe(3);
});

test("stopping does not fail where sealing does", async () => {
  await asOwner((owner) => owner.query("alter table unsealed_audit_events rename to gone"));
  try {
    await startAuditSealer()();
  } finally {
    await asOwner((owner) => owner.query("alter table gone rename to unsealed_audit_events"));
  }
});
