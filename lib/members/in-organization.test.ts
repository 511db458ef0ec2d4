import { and, eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import type { OrganizationRole } from "@/db/enums";
import { newId } from "@/db/ids";
import { auditEvents, memberships } from "@/db/schema";
import { authenticateAccessToken } from "@/lib/access-tokens/authenticate";
import type { Actor } from "@/lib/auth/actor";
import { type OrganizationScope, organizationScope } from "@/lib/auth/scope";
import { getGroup } from "@/lib/groups/queries";
import { acceptInvitation } from "@/lib/invitations/accept";
import { findInvitation } from "@/lib/invitations/queries";
import { createSession, findSession } from "@/lib/sign-in/sessions";
import { createToken } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { everyRow, withBrokenAuditLog } from "@/testing/database/database-owner";
import { endInvitation, invite } from "@/testing/invitations";
import { refusal } from "@/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { addMember } from "./in-group";
import { changeOrganizationRole, changeOrganizationRoleInput, removeFromOrganization } from "./in-organization";

const broken = { cause: { constraint: "broken" } };

async function rolesOf({ organization }: Tenant, { userId }: { userId: string }): Promise<string[]> {
  const found = await db
    .select({ role: memberships.role })
    .from(memberships)
    .where(and(eq(memberships.userId, userId), eq(memberships.organizationId, organization.id)));
  return found.map(({ role }) => role).sort();
}

const changeRole = ({ organizationAdmin, organization }: Tenant, userId: string, role: OrganizationRole) =>
  changeOrganizationRole(organizationAdmin, organization.scope, userId, role);

describe("changeOrganizationRole", () => {
  test("changes the role and its permissions at once, and records the old and the new role", async () => {
    const tenant = await createTenant();
    const { organization, organizationAdmin, group } = tenant;
    await changeOrganizationRole(organizationAdmin, organization.scope, group.user.userId, "organization_admin");
    expect(await rolesOf(tenant, group.user)).toEqual(["group_user", "organization_admin"]);
    const detail = { role: "organization_admin", previous_role: "organization_user" };
    expect(await eventsOn(group.user.userId)).toEqual([
      { action: "member.role_changed", actorId: organizationAdmin.userId, detail },
    ]);
    await changeOrganizationRole(group.user, organization.scope, organizationAdmin.userId, "organization_user");
    const again = changeOrganizationRole(organizationAdmin, organization.scope, group.user.userId, "organization_user");
    expect(await refusal(again)).toMatchObject({ code: "forbidden" });
  });

  test("to the same role changes and records nothing", async () => {
    const { organization, organizationAdmin, group } = await createTenant();
    const before = await everyRow();
    await changeOrganizationRole(organizationAdmin, organization.scope, group.user.userId, "organization_user");
    await changeOrganizationRole(organizationAdmin, organization.scope, organizationAdmin.userId, "organization_admin");
    expect(await everyRow()).toEqual(before);
  });

  test.each(["group_admin", "", undefined, 7])("refuses %j as a role", (role) => {
    expect(changeOrganizationRoleInput.safeParse({ role }).success).toBe(false);
  });
});

describe("removeFromOrganization", () => {
  test("ends the roles in the organization and its groups, and records it in each log", async () => {
    const tenant = await createTenant();
    const { organization, organizationAdmin, group, otherGroup } = tenant;
    const roles = { [group.id]: "group_admin", [otherGroup.id]: "group_user" } as const;
    const person = await createPerson(organization.id, "organization_user", roles);
    await removeFromOrganization(organizationAdmin, organization.scope, person.userId);
    expect(await rolesOf(tenant, person)).toEqual([]);
    const events = await db
      .select({ action: auditEvents.action, groupId: auditEvents.groupId, detail: auditEvents.detail })
      .from(auditEvents)
      .where(eq(auditEvents.subjectId, person.userId));
    const action = "member.removed";
    expect(events).toHaveLength(3);
    expect(events).toEqual(
      expect.arrayContaining([
        { action, groupId: null, detail: { role: "organization_user" } },
        { action, groupId: group.id, detail: { role: "group_admin" } },
        { action, groupId: otherGroup.id, detail: { role: "group_user" } },
      ]),
    );
  });

  test("ends an open session's rights at the next action, and keeps tokens and other organizations", async () => {
    const tenant = await createTenant();
    const elsewhere = await createTenant();
    const { organization, organizationAdmin, group } = tenant;
    const person = await createPerson(organization.id, "organization_user", { [group.id]: "group_admin" });
    const member = { userId: person.userId, kind: "person", role: "organization_user" } as const;
    await db.insert(memberships).values({ ...member, organizationId: elsewhere.organization.id });
    const { secret } = await createToken(person, group.scope);
    const session = await createSession(person.userId);
    await removeFromOrganization(organizationAdmin, organization.scope, person.userId);
    const signedIn = await findSession(session);
    if (!signedIn) throw new Error("the session ended");
    expect(await refusal(getGroup(signedIn, group.id))).toMatchObject({ code: "not_found" });
    expect(await authenticateAccessToken(secret)).toBeDefined();
    expect(await rolesOf(elsewhere, person)).toEqual(["organization_user"]);
  });

  test("lets nobody back into a group without the organization", async () => {
    const tenant = await createTenant();
    const { organization, organizationAdmin, group } = tenant;
    await removeFromOrganization(organizationAdmin, organization.scope, group.user.userId);
    const back = addMember(group.admin, group.scope, { email: group.user.email, role: "group_user" });
    expect(await refusal(back)).toMatchObject({ code: "invalid", errors: [{ field: "email" }] });
  });

  test("refuses the last admin of groups, and names the groups", async () => {
    const tenant = await createTenant();
    const { organization, organizationAdmin, group, otherGroup } = tenant;
    const both = { [group.id]: "group_admin", [otherGroup.id]: "group_admin" } as const;
    const person = await createPerson(organization.id, "organization_user", both);
    await removeFromOrganization(organizationAdmin, organization.scope, group.admin.userId);
    const before = await everyRow();
    expect(await refusal(removeFromOrganization(organizationAdmin, organization.scope, person.userId))).toEqual({
      code: "conflict",
      message: `${person.name} is the last admin of “${group.name}”. Make another person group admin there first.`,
      errors: [],
    });
    expect(await everyRow()).toEqual(before);
    await removeFromOrganization(organizationAdmin, organization.scope, otherGroup.admin.userId);
    const names = [group.name, otherGroup.name].sort().map((name) => `“${name}”`);
    expect(await refusal(removeFromOrganization(organizationAdmin, organization.scope, person.userId))).toMatchObject({
      message: expect.stringContaining(`the last admin of ${names.join(" and ")}.`),
    });
  });
});

describe.each([
  ["demoted", (tenant: Tenant, userId: string) => changeRole(tenant, userId, "organization_user")],
  [
    "removed",
    ({ organizationAdmin, organization }: Tenant, userId: string) =>
      removeFromOrganization(organizationAdmin, organization.scope, userId),
  ],
])("an organization admin who is %s", (_how, end) => {
  test("revokes the admin's open invitations for good, and records each", async () => {
    const tenant = await createTenant();
    const { organization, organizationAdmin } = tenant;
    const leaving = await createPerson(organization.id, "organization_admin");
    const ofLeaving = { ...tenant, organizationAdmin: leaving };
    const [open, another, late, kept] = [
      await invite(ofLeaving),
      await invite(ofLeaving),
      await invite(ofLeaving),
      await invite(tenant),
    ];
    await endInvitation(late.id, "-1 second");
    await end(tenant, leaving.userId);
    await db.delete(memberships).where(eq(memberships.userId, leaving.userId));
    const member = { organizationId: organization.id, userId: leaving.userId, kind: "person" } as const;
    await db.insert(memberships).values({ ...member, role: "organization_admin" });
    const revoked = {
      action: "invitation.revoked",
      actorId: organizationAdmin.userId,
      detail: { role: "organization_user" },
    };
    for (const { id, secret } of [open, another]) {
      expect(await refusal(findInvitation(secret))).toMatchObject({ code: "not_found" });
      expect((await eventsOn(id)).slice(1)).toEqual([revoked]);
    }
    expect(await eventsOn(late.id)).toHaveLength(1);
    expect(await findInvitation(kept.secret)).toMatchObject({ id: kept.id });
  });
});

test("an admin's invitations in another organization, and accepted ones, stay", async () => {
  const [tenant, elsewhere] = [await createTenant(), await createTenant()];
  const leaving = await createPerson(tenant.organization.id, "organization_admin");
  const member = { organizationId: elsewhere.organization.id, userId: leaving.userId, kind: "person" } as const;
  await db.insert(memberships).values({ ...member, role: "organization_admin" });
  const there = await invite({ ...elsewhere, organizationAdmin: leaving });
  const accepted = await invite({ ...tenant, organizationAdmin: leaving });
  await acceptInvitation(accepted.secret, undefined, { name: "Ada", password: "correct horse battery staple" });
  await changeRole(tenant, leaving.userId, "organization_user");
  expect(await findInvitation(there.secret)).toMatchObject({ id: there.id });
  expect((await eventsOn(accepted.id)).at(-1)).toMatchObject({ action: "invitation.accepted" });
});

test("the last organization admin can't be demoted or removed, even if a token has the role", async () => {
  const { organization, organizationAdmin } = await createTenant();
  await createToken(organizationAdmin, organization.scope, { admin: true });
  const { userId, name } = organizationAdmin;
  const before = await everyRow();
  const message = `${name} is the organization's last admin. Make another person organization admin first.`;
  const expected = { code: "conflict", message, errors: [] };
  const demotion = changeOrganizationRole(organizationAdmin, organization.scope, userId, "organization_user");
  expect(await refusal(demotion)).toEqual(expected);
  expect(await refusal(removeFromOrganization(organizationAdmin, organization.scope, userId))).toEqual(expected);
  expect(await everyRow()).toEqual(before);
});

test("an organization admin grants and revokes group roles, including their own", async () => {
  const { organizationAdmin, group } = await createTenant();
  await addMember(organizationAdmin, group.scope, { email: organizationAdmin.email, role: "group_admin" });
  expect(await getGroup(organizationAdmin, group.id)).toMatchObject({ role: "group_admin" });
  await createToken(organizationAdmin, group.scope);
});

async function createScene() {
  const tenant = await createTenant();
  const { organization, organizationAdmin, group } = tenant;
  const run = (actor: Actor, userId = group.user.userId, scope: OrganizationScope = organization.scope) => ({
    change: () => changeOrganizationRole(actor, scope, userId, "organization_admin"),
    remove: () => removeFromOrganization(actor, scope, userId),
  });
  const tokenOf = async (admin: boolean) => (await createToken(organizationAdmin, organization.scope, { admin })).actor;
  return { ...tenant, run, tokenOf };
}
type Scene = Awaited<ReturnType<typeof createScene>>;

const withoutTheRight: [string, (scene: Scene) => Promise<Actor>][] = [
  ["a group admin", async ({ group }) => group.admin],
  ["an organization user", async ({ organization }) => createPerson(organization.id, "organization_user")],
  ["a token with the admin role", ({ tokenOf }) => tokenOf(true)],
  ["a token with the user role", ({ tokenOf }) => tokenOf(false)],
];

describe.each(["change", "remove"] as const)("%s", (command) => {
  test.each(withoutTheRight)("is forbidden to %s", async (_who, actorIn) => {
    const scene = await createScene();
    const actor = await actorIn(scene);
    const before = await everyRow();
    expect(await refusal(scene.run(actor)[command]())).toMatchObject({ code: "forbidden" });
    expect(await everyRow()).toEqual(before);
  });

  test("answers to another organization's admin as for an unknown organization", async () => {
    const { run, group } = await createScene();
    const stranger = (await createTenant()).organizationAdmin;
    const answer = await refusal(run(stranger)[command]());
    expect(answer).toMatchObject({ code: "not_found" });
    for (const unknown of [newId("org"), "", "\0"]) {
      const elsewhere = run(stranger, group.user.userId, organizationScope(unknown));
      expect(await refusal(elsewhere[command]())).toEqual(answer);
    }
  });

  test("answers alike for everyone who is not in the organization", async () => {
    const { run, organizationAdmin, group } = await createScene();
    const { actor } = await createToken(group.admin, group.scope);
    const outsiders = [(await createTenant()).group.user.userId, actor.userId, group.id, "", "\0"];
    const unknown = await refusal(run(organizationAdmin, newId("usr"))[command]());
    expect(unknown).toMatchObject({ code: "not_found" });
    for (const id of outsiders) expect(await refusal(run(organizationAdmin, id)[command]()), id).toEqual(unknown);
  });

  test("refuses technical users", async () => {
    const { run, organizationAdmin, tokenOf } = await createScene();
    const { userId } = await tokenOf(false);
    expect(await refusal(run(organizationAdmin, userId)[command]())).toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("Technical users belong to their access tokens."),
    });
  });

  test("leaves nothing behind when its audit event can't be written", async () => {
    const { run, organizationAdmin } = await createScene();
    const before = await everyRow();
    await withBrokenAuditLog(async () => {
      await expect(run(organizationAdmin)[command]()).rejects.toMatchObject(broken);
    });
    expect(await everyRow()).toEqual(before);
  });
});
