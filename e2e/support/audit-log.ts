import type { Locator, Page } from "@playwright/test";
import { db } from "@/db/client";
import { auditEvents } from "@/db/schema";
import type { Owner } from "@/lib/audit/record";
import type { Person } from "@/lib/auth/actor";
import { deleteGroup } from "@/lib/groups/delete";
import type { Tenant } from "@/testing/tenant";

export const logOf = (group: { id: string }) => `/groups/${group.id}/audit-log`;

export const eventRows = (page: Page): Locator =>
  page
    .getByRole("table", { name: "Audit log" })
    .getByRole("row")
    .filter({ has: page.getByRole("cell") });

/** Events of a person, one per hour; the newest is on 3 November 2026 at 22:30 UTC. "step 1" is the oldest. */
export async function seedEvents(owner: Owner, { userId, name }: Person, count: number): Promise<void> {
  const newest = Date.UTC(2026, 10, 3, 22, 30);
  await db.insert(auditEvents).values(
    Array.from({ length: count }, (_, place) => ({
      ...owner,
      occurredAt: new Date(newest - (count - 1 - place) * 3_600_000),
      actorId: userId,
      actorKind: "person" as const,
      actorName: name,
      action: place % 2 === 0 ? "member.added" : "member.removed",
      subjectId: "usr_somebody",
      subjectName: `step ${place + 1}`,
      detail: { role: "group_user" },
      channel: "page" as const,
      address: "192.0.2.7",
    })),
  );
}

export async function deleteTenantGroup({ organization, organizationAdmin, group }: Tenant): Promise<void> {
  await deleteGroup(organizationAdmin, organization.scope, group.id, { name: group.name });
}
