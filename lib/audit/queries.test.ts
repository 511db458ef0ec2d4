import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { auditEvents } from "@/db/schema";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import type { Actor } from "@/lib/auth/actor";
import { groupScope } from "@/lib/auth/scope";
import { addMember, changeMemberRole } from "@/lib/groups/members";
import { withRequestContext } from "@/lib/request-context";
import { createToken } from "@/lib/testing/access-tokens";
import { asCursor, foreignCursors, throughPages } from "@/lib/testing/pages";
import { refusal } from "@/lib/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/lib/testing/tenant";
import { listAuditEvents } from "./queries";

test("tells what happened in the group, newest first", async () => {
  const { group, organizationAdmin } = await createTenant();
  const { id, name, actor, technicalUser, expiresAt } = await createToken(group.admin, group.scope, { admin: true });
  await changeMemberRole(organizationAdmin, group.scope, group.user.userId, "group_admin");
  await withRequestContext({ requestId: "1", channel: "api", address: "192.0.2.7" }, () =>
    revokeAccessToken(actor, group.scope, id),
  );
  const whenever = { id: expect.stringMatching(/^aud_/), occurredAt: expect.any(Date) };
  const { items, nextCursor } = await listAuditEvents(group.admin, group.scope);
  expect(nextCursor).toBeNull();
  expect(items).toEqual([
    {
      ...whenever,
      actor: { id: actor.userId, kind: "technical", name: actor.name },
      action: "access_token.revoked",
      subject: { id, name },
      detail: {},
      channel: "api",
      address: "192.0.2.7",
    },
    {
      ...whenever,
      actor: { id: organizationAdmin.userId, kind: "person", name: organizationAdmin.name },
      action: "member.role_changed",
      subject: { id: group.user.userId, name: group.user.name },
      detail: { role: "group_admin", previous_role: "group_user" },
      channel: "system",
      address: null,
    },
    {
      ...whenever,
      actor: { id: group.admin.userId, kind: "person", name: group.admin.name },
      action: "access_token.created",
      subject: { id, name },
      detail: {
        role: "group_admin",
        technical_user: technicalUser.username,
        expires_at: expiresAt.toISOString(),
      },
      channel: "system",
      address: null,
    },
  ]);
});

test("holds no event of another group, nor of the organization's own tokens", async () => {
  const { group, otherGroup, organization, organizationAdmin } = await createTenant();
  await createToken(otherGroup.admin, otherGroup.scope);
  await createToken(organizationAdmin, organization.scope);
  const newcomer = await createPerson(organization.id, "organization_user");
  await addMember(otherGroup.admin, otherGroup.scope, { email: newcomer.email, role: "group_user" });
  expect(await listAuditEvents(group.admin, group.scope)).toEqual({ items: [], nextCursor: null });
});

type Who = [string, (tenant: Tenant) => Promise<Actor>];
const groupToken = async ({ group }: Tenant, admin: boolean) =>
  (await createToken(group.admin, group.scope, { admin })).actor;
const organizationToken = async ({ organizationAdmin, organization }: Tenant, admin: boolean) =>
  (await createToken(organizationAdmin, organization.scope, { admin })).actor;

const readers: Who[] = [
  ["a group admin", async ({ group }) => group.admin],
  ["a token with the admin role", (tenant) => groupToken(tenant, true)],
  ["an organization token with the admin role", (tenant) => organizationToken(tenant, true)],
];
test.each(readers)("is for %s", async (_who, actorIn) => {
  const tenant = await createTenant();
  const actor = await actorIn(tenant);
  await createToken(tenant.group.admin, tenant.group.scope);
  expect((await listAuditEvents(actor, tenant.group.scope)).items).not.toEqual([]);
});

const forbidden: Who[] = [
  ["a group user", async ({ group }) => group.user],
  ["an organization admin without a role in the group", async ({ organizationAdmin }) => organizationAdmin],
  ["a token with the user role", (tenant) => groupToken(tenant, false)],
  ["an organization token with the user role", (tenant) => organizationToken(tenant, false)],
];
test.each(forbidden)("is forbidden to %s", async (_who, actorIn) => {
  const tenant = await createTenant();
  expect(await refusal(listAuditEvents(await actorIn(tenant), tenant.group.scope))).toMatchObject({
    code: "forbidden",
  });
});

const strangers: Who[] = [
  ["an admin of another group", async ({ otherGroup }) => otherGroup.admin],
  ["another organization's admin", async () => (await createTenant()).organizationAdmin],
  ["another organization's token", async () => organizationToken(await createTenant(), true)],
];
test.each(strangers)("answers to %s as for an unknown group", async (_who, actorIn) => {
  const tenant = await createTenant();
  const actor = await actorIn(tenant);
  const unknown = await refusal(listAuditEvents(actor, groupScope(newId("grp"))));
  expect(unknown).toMatchObject({ code: "not_found" });
  expect(await refusal(listAuditEvents(actor, tenant.group.scope))).toEqual(unknown);
});

describe("pages", () => {
  test("of any size make up the list, also where events share an instant", async () => {
    const { organization, group } = await createTenant();
    const instants = [0, 0, 0, 1, 1, 2, 3, 3, 3, 3].map(
      (millisecond) => new Date(Date.UTC(2026, 0, 1, 0, 0, 0, millisecond)),
    );
    await db.insert(auditEvents).values(
      instants.map((occurredAt, place) => ({
        organizationId: organization.id,
        groupId: group.id,
        occurredAt,
        actorId: "usr_1",
        actorKind: "person" as const,
        actorName: "Ada",
        action: `action ${place}`,
        subjectId: "tok_1",
        subjectName: "nightly",
        detail: {},
        channel: "page" as const,
      })),
    );
    const whole = (await listAuditEvents(group.admin, group.scope, { limit: 100 })).items;
    expect(whole.map(({ occurredAt }) => occurredAt)).toEqual(instants.toReversed());
    for (const limit of [1, 2, 3, 4, 10, 11]) {
      expect(await throughPages(limit, (page) => listAuditEvents(group.admin, group.scope, page))).toEqual(whole);
    }
  });

  const yearNull = asCursor(["audit", "0000-01-01T00:00:00Z", "aud_1"]);
  const withNul = asCursor(["audit", "2026-01-01T00:00:00Z", "\0"]);
  test.each([...foreignCursors, ["the year 0", yearNull], ["NUL", withNul]])(
    "refuse %s as a cursor",
    async (_what, cursor) => {
      const { group } = await createTenant();
      expect(await refusal(listAuditEvents(group.admin, group.scope, { cursor }))).toMatchObject({ code: "malformed" });
    },
  );
});
