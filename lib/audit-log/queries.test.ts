import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { auditEvents } from "@/db/schema";
import { deleteAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import type { Actor } from "@/lib/auth/actor";
import { groupScope } from "@/lib/auth/scope";
import { addMember, changeMemberRole } from "@/lib/members/in-group";
import { withRequestContext } from "@/lib/request-context";
import { createToken } from "@/testing/access-tokens";
import { asCursor, foreignCursors, throughPages } from "@/testing/pages";
import { refusal } from "@/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import type { AuditFilter } from "./find";
import { auditFilterNames } from "./names";
import { listAuditEvents } from "./queries";

test("shows the group's events, newest first", async () => {
  const { group, organization, organizationAdmin } = await createTenant();
  const { id, name, actor, technicalUser, expiresAt } = await createToken(group.admin, group.scope, { admin: true });
  await changeMemberRole(organizationAdmin, group.scope, group.user.userId, "group_admin");
  await withRequestContext({ requestId: "1", channel: "api", address: "192.0.2.7" }, () =>
    revokeAccessToken(actor, id),
  );
  const whenever = {
    id: expect.stringMatching(/^aud_/),
    occurredAt: expect.any(Date),
    organizationId: organization.id,
    groupId: group.id,
  };
  const { items, nextCursor, previousCursor } = await listAuditEvents(group.admin, group.scope);
  expect([nextCursor, previousCursor]).toEqual([null, null]);
  expect(items).toEqual([
    {
      ...whenever,
      actor: { id: actor.userId, kind: "technical", name: actor.name, token: { id, name } },
      action: "access_token.revoked",
      subject: { id, name },
      detail: {},
      channel: "api",
      address: "192.0.2.7",
    },
    {
      ...whenever,
      actor: { id: organizationAdmin.userId, kind: "person", name: organizationAdmin.name, token: null },
      action: "member.role_changed",
      subject: { id: group.user.userId, name: group.user.name },
      detail: { role: "group_admin", previous_role: "group_user" },
      channel: "system",
      address: null,
    },
    {
      ...whenever,
      actor: { id: group.admin.userId, kind: "person", name: group.admin.name, token: null },
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

test("contains no event of another group or of the organization's own tokens", async () => {
  const { group, otherGroup, organization, organizationAdmin } = await createTenant();
  await createToken(otherGroup.admin, otherGroup.scope);
  await createToken(organizationAdmin, organization.scope);
  const newcomer = await createPerson(organization.id, "organization_user");
  await addMember(otherGroup.admin, otherGroup.scope, { email: newcomer.email, role: "group_user" });
  const { access, ...page } = await listAuditEvents(group.admin, group.scope);
  expect(page).toEqual({ items: [], nextCursor: null, previousCursor: null });
  expect(access.group?.id).toBe(group.id);
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
test("an organization's log shows the organization's own events to its admins", async () => {
  const { organization, organizationAdmin, group } = await createTenant();
  const { id, actor } = await createToken(organizationAdmin, organization.scope, { admin: true });
  await createToken(group.admin, group.scope);
  for (const reader of [organizationAdmin, actor]) {
    const { items } = await listAuditEvents(reader, organization.scope);
    expect(items.map(({ subject }) => subject.id)).toEqual([id]);
  }
  expect(await refusal(listAuditEvents(group.admin, organization.scope))).toMatchObject({ code: "forbidden" });
  const stranger = (await createTenant()).organizationAdmin;
  expect(await refusal(listAuditEvents(stranger, organization.scope))).toMatchObject({ code: "not_found" });
});

describe("filters", () => {
  /** A token that was created, used, changed and deleted; another token, and a change of a member's role. */
  async function createScene() {
    const tenant = await createTenant();
    const { group, organizationAdmin } = tenant;
    const token = await createToken(group.admin, group.scope, { admin: true, name: "nightly" });
    const other = await createToken(group.admin, group.scope, { name: "other" });
    await revokeAccessToken(token.actor, other.id);
    await changeMemberRole(organizationAdmin, group.scope, group.user.userId, "group_admin");
    await deleteAccessToken(group.admin, token.id);
    const actionsWith = async (filter: AuditFilter) =>
      (await listAuditEvents(group.admin, group.scope, filter)).items.map(({ action, subject }) => [
        action,
        subject.id,
      ]);
    return { ...tenant, token, other, actionsWith };
  }

  test("select by actor, action and token, separately and combined", async () => {
    const { group, token, other, organizationAdmin, actionsWith } = await createScene();
    const [created, deleted] = [
      ["access_token.created", token.id],
      ["access_token.deleted", token.id],
    ];
    const [createdOther, revokedOther] = [
      ["access_token.created", other.id],
      ["access_token.revoked", other.id],
    ];
    expect(await actionsWith({ actorId: group.admin.userId })).toEqual([deleted, createdOther, created]);
    expect(await actionsWith({ actorId: token.actor.userId })).toEqual([revokedOther]);
    expect(await actionsWith({ actorId: organizationAdmin.userId })).toEqual([
      ["member.role_changed", group.user.userId],
    ]);
    expect(await actionsWith({ action: "access_token.created" })).toEqual([createdOther, created]);
    expect(await actionsWith({ tokenId: token.id })).toEqual([deleted, revokedOther, created]);
    expect(await actionsWith({ tokenId: other.id })).toEqual([revokedOther, createdOther]);
    expect(await actionsWith({ tokenId: token.id, actorId: group.admin.userId })).toEqual([deleted, created]);
    expect(await actionsWith({ tokenId: token.id, action: "access_token.revoked" })).toEqual([revokedOther]);
    expect(await actionsWith({ actorId: "nobody" })).toEqual([]);
    expect(await actionsWith({ tokenId: "\0" })).toEqual([]);
  });

  test("select by time, with an exclusive end", async () => {
    const { group, actionsWith } = await createScene();
    const { items } = await listAuditEvents(group.admin, group.scope);
    const instants = items.map(({ occurredAt }) => occurredAt.getTime());
    const [newest, oldest] = [Math.max(...instants), Math.min(...instants)].map((instant) => new Date(instant));
    expect(await actionsWith({ from: oldest })).toHaveLength(items.length);
    expect(await actionsWith({ from: oldest, to: oldest })).toEqual([]);
    const beforeNewest = instants.filter((instant) => newest && instant < newest.getTime());
    expect(await actionsWith({ to: newest })).toHaveLength(beforeNewest.length);
  });

  test("never reach into another group's log", async () => {
    const { otherGroup, token, group } = await createScene();
    const filters = [{ actorId: group.admin.userId }, { tokenId: token.id }, { action: "access_token.created" }];
    for (const filter of filters) {
      expect((await listAuditEvents(otherGroup.admin, otherGroup.scope, filter)).items).toEqual([]);
      const named = await auditFilterNames(otherGroup.admin, otherGroup.scope, filter);
      expect(named).toEqual({ actor: undefined, token: undefined, deletedGroup: undefined });
    }
  });

  test("give the same events page by page as at once", async () => {
    const { group, token, actionsWith } = await createScene();
    const filter = { tokenId: token.id };
    const pages = await throughPages(1, (page) => listAuditEvents(group.admin, group.scope, { ...filter, ...page }));
    expect(pages.map(({ action, subject }) => [action, subject.id])).toEqual(await actionsWith(filter));
  });
});

test("a deleted technical user and its token keep their names in the log", async () => {
  const { group, organization, organizationAdmin } = await createTenant();
  const inGroup = await createToken(group.admin, group.scope, { admin: true, name: "nightly" });
  const around = await createToken(organizationAdmin, organization.scope, { admin: true, name: "everywhere" });
  for (const { actor } of [inGroup, around]) {
    const { id } = await createToken(group.admin, group.scope);
    await revokeAccessToken(actor, id);
  }
  const byToken = async ({ id, actor }: typeof inGroup) => {
    const { items } = await listAuditEvents(group.admin, group.scope, { actorId: actor.userId });
    return [
      items.map((item) => item.actor),
      await auditFilterNames(group.admin, group.scope, { actorId: actor.userId, tokenId: id }),
    ];
  };
  const named = ({ id, name, actor }: typeof inGroup) => [
    [{ id: actor.userId, kind: "technical", name: actor.name, token: { id, name } }],
    { actor: actor.name, token: name, deletedGroup: undefined },
  ];
  for (const token of [inGroup, around]) expect(await byToken(token)).toEqual(named(token));
  await deleteAccessToken(group.admin, inGroup.id);
  await deleteAccessToken(organizationAdmin, around.id);
  for (const token of [inGroup, around]) expect(await byToken(token)).toEqual(named(token));
});

test.each(readers)("is readable for %s", async (_who, actorIn) => {
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

const secondCursor = async ({ admin, scope }: Tenant["group"], limit: number) =>
  (await listAuditEvents(admin, scope, { limit })).nextCursor ?? "";
const nextOf = async ({ admin, scope }: Tenant["group"], cursor: string | null) =>
  (await listAuditEvents(admin, scope, { limit: 100, cursor: cursor ?? "" })).items;

describe("pages", () => {
  test("of any size make up the list, also if events share an instant", async () => {
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
    const last = await listAuditEvents(group.admin, group.scope, { limit: 9, cursor: await secondCursor(group, 9) });
    expect(last.items).toEqual(whole.slice(9));
    // Each page back ends before the first event of the page that it was opened from.
    const back = { limit: 6, cursor: last.previousCursor ?? "" };
    const middle = await listAuditEvents(group.admin, group.scope, back);
    expect(middle.items).toEqual(whole.slice(3, 9));
    const first = await listAuditEvents(group.admin, group.scope, { limit: 6, cursor: middle.previousCursor ?? "" });
    expect(first).toMatchObject({ items: whole.slice(0, 3), previousCursor: null });
    expect(await nextOf(group, first.nextCursor)).toEqual(whole.slice(3));
  });

  const yearNull = asCursor(["audit", "0000-01-01T00:00:00.000Z", "aud_1", "next"]);
  const withNul = asCursor(["audit", "2026-01-01T00:00:00.000Z", "\0", "next"]);
  test.each([...foreignCursors, ["the year 0", yearNull], ["NUL", withNul]])(
    "refuse %s as a cursor",
    async (_what, cursor) => {
      const { group } = await createTenant();
      expect(await refusal(listAuditEvents(group.admin, group.scope, { cursor }))).toMatchObject({ code: "malformed" });
    },
  );
});
