import pino from "pino";
import { expect, onTestFinished, test } from "vitest";
import { log } from "@/lib/log";
import { chainOf, createChain, recordEvent } from "@/lib/testing/audit-chain";
import { asOwner } from "@/lib/testing/database-owner";
import { createTenant } from "@/lib/testing/tenant";
import { startAuditSealer } from "./audit-sealer";

type Line = { level: string; msg: string; head?: string };

/** What is logged from now on to the test's end. */
function logged(): Line[] {
  const lines: Line[] = [];
  const { level } = log;
  log.level = "info";
  Object.assign(log, { [pino.symbols.streamSym]: { write: (line: string) => lines.push(JSON.parse(line)) } });
  onTestFinished(() => {
    log.level = level;
  });
  return lines;
}

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

test("the chain's head is in the log at the start and at the stop, as audit:verify takes it", async () => {
  const chain = await createChain(1);
  const other = await createChain(1);
  const lines = logged();
  const headsOf = ({ id }: { id: string }) =>
    lines.flatMap(({ msg, level, head }) =>
      msg === "audit log head" && level === "info" && head?.startsWith(`${id}:`) ? [head] : [],
    );
  const stop = startAuditSealer();
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

test("stopping does not fail where sealing does, which is in the log", async () => {
  const tenant = await createTenant();
  await recordEvent(tenant);
  const lines = logged();
  await asOwner((owner) => owner.query("alter table unsealed_audit_events rename to gone"));
  try {
    await expect(startAuditSealer()()).resolves.toBeUndefined();
  } finally {
    await asOwner((owner) => owner.query("alter table gone rename to unsealed_audit_events"));
  }
  expect(lines).toContainEqual(expect.objectContaining({ level: "warn", msg: "audit events could not be sealed" }));
  expect(await chainOf(tenant.organization.id)).toEqual([]);
});
