import { asc, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { auditChain } from "@/db/schema";
import type { Head } from "@/lib/audit/chain/events";
import { sealPendingEvents } from "@/lib/audit/chain/seal";
import { verifyAuditLog } from "@/lib/audit/chain/verify";
import { recordAuditEvent } from "@/lib/audit/record";
import { asOwner } from "@/testing/database/database-owner";
import { createTenant, type Tenant } from "./tenant";

type Entry = typeof auditChain.$inferSelect;

/** Records an arbitrary event. */
export function recordEvent({ organization, group }: Tenant, name = "nightly"): Promise<void> {
  const owner = { organizationId: organization.id, groupId: group.id };
  const detail = { to: "group_user", from: null };
  return recordAuditEvent(db, group.admin, owner, { action: "member.added", subject: { id: "usr_1", name }, detail });
}

/** A new organization with `length` events in its chain. */
export async function createChain(length: number): Promise<Tenant & { id: string; entries: Entry[] }> {
  const tenant = await createTenant();
  for (let made = 0; made < length; made++) await recordEvent(tenant, `event ${made + 1}`);
  await sealPendingEvents();
  const { id } = tenant.organization;
  return { ...tenant, id, entries: await chainOf(id) };
}

export function chainOf(organizationId: string): Promise<Entry[]> {
  return db
    .select()
    .from(auditChain)
    .where(eq(auditChain.organizationId, organizationId))
    .orderBy(asc(auditChain.position));
}

/** Runs the statement as the database's owner with the audit tables' triggers disabled. */
export async function tamper(statement: string, ...parameters: unknown[]): Promise<void> {
  await asOwner(async (owner) => {
    const triggers = (state: string) =>
      owner.query(
        `begin; alter table audit_events ${state} trigger user; alter table audit_chain ${state} trigger user; commit`,
      );
    await triggers("disable");
    try {
      const { rowCount } = await owner.query(statement, parameters);
      if (!rowCount) throw new Error("nothing was tampered with");
    } finally {
      await triggers("enable");
    }
  });
}

/** The findings of audit:verify for the organization. */
export async function findingsIn(organizationId: string, expectedHeads: Head[] = []): Promise<string[]> {
  const findings: string[] = [];
  await verifyAuditLog(expectedHeads, (id, finding) => {
    if (id === organizationId) findings.push(finding);
  });
  return findings;
}
