import { expect, test } from "vitest";
import { chainOf, createChain, recordEvent, tamper } from "@/testing/audit-chain";
import { asOwner } from "@/testing/database/database-owner";
import { hold } from "@/testing/database/locks";
import { logged } from "@/testing/logged";
import { createTenant } from "@/testing/tenant";
import { auditChainWork } from "./audit-chain";
import { startTimer } from "./timer";

/** Returns a function that stops the timer and logs the heads, as the background does. */
function startAuditChain(): () => Promise<void> {
  const { work, logHeads } = auditChainWork();
  const stop = startTimer(work);
  return () => stop().then(logHeads);
}

test("events are sealed every second, at the start and at the stop", async () => {
  const tenant = await createTenant();
  const length = async () => (await chainOf(tenant.organization.id)).length;
  await recordEvent(tenant, "before");
  const stop = startAuditChain();
  await expect.poll(length, { timeout: 4000 }).toBe(1);
  await recordEvent(tenant, "while it runs");
  await expect.poll(length, { timeout: 4000 }).toBe(2);
  await recordEvent(tenant, "at the end");
  await stop();
  expect(await length()).toBe(3);
  await recordEvent(tenant, "after it");
  expect(await length()).toBe(3);
});

test("the chain's head is logged at the start and the stop, in audit:verify's format", async () => {
  const chain = await createChain(1);
  const other = await createChain(1);
  const lines = logged();
  const headsOf = ({ id }: { id: string }) =>
    lines.flatMap(({ msg, level, head }) =>
      msg === "audit log head" && level === "info" && head?.startsWith(`${id}:`) ? [head] : [],
    );
  const stop = startAuditChain();
  await expect.poll(() => headsOf(chain).length).toBe(1);
  await recordEvent(chain, "next");
  await expect.poll(async () => (await chainOf(chain.id)).length, { timeout: 4000 }).toBe(2);
  expect(headsOf(chain)).toHaveLength(1);
  await stop();
  const written = (await chainOf(chain.id)).map(
    ({ position, hash }) => `${chain.id}:${position}:${hash.toString("hex")}`,
  );
  expect(headsOf(chain)).toEqual(written);
  expect(headsOf(other)).toHaveLength(1);
});

test("stopping succeeds although sealing fails, which is logged", async () => {
  const tenant = await createTenant();
  await recordEvent(tenant);
  const lines = logged();
  await asOwner((owner) => owner.query("alter table unsealed_audit_events rename to gone"));
  try {
    await expect(startAuditChain()()).resolves.toBeUndefined();
  } finally {
    await asOwner((owner) => owner.query("alter table gone rename to unsealed_audit_events"));
  }
  expect(lines).toContainEqual(expect.objectContaining({ level: "warn", msg: "sealing audit events failed" }));
  expect(await chainOf(tenant.organization.id)).toEqual([]);
});

test("events that wait for more than a minute are logged as an error, although sealing hangs", async () => {
  const tenant = await createTenant();
  const { id } = tenant.organization;
  await recordEvent(tenant);
  await tamper(
    "update audit_events set occurred_at = occurred_at - interval '2 minutes' where organization_id = $1",
    id,
  );
  const lines = logged();
  const overdue = () => lines.filter(({ organizationId, msg }) => organizationId === id && msg.includes("waited"));
  const release = await hold("select 1 from data_keys where organization_id = $1 for update", id);
  const stop = startAuditChain();
  await expect.poll(overdue, { timeout: 8000 }).toMatchObject([{ level: "error", waiting: 1 }]);
  await stop();
  await release();
  expect(overdue()).toHaveLength(1);
});
