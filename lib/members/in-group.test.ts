import { and, eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { memberships } from "@/db/schema";
import { listAccessTokens } from "@/lib/access-token-list/queries";
import { createToken } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { everyRow } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { addMember, addMemberInput, changeMemberRole, removeMember } from "./in-group";

async function roleOf({ group }: Tenant, user: { userId: string }): Promise<string | undefined> {
  const inGroup = and(eq(memberships.userId, user.userId), eq(memberships.groupId, group.id));
  const [member] = await db.select({ role: memberships.role }).from(memberships).where(inGroup);
  return member?.role;
}

/** A person of the tenant's organization who is in none of its groups. */
const colleague = ({ organization }: Tenant) => createPerson(organization.id, "organization_user");

async function secondAdmin({ organization, group }: Tenant) {
  return createPerson(organization.id, "organization_user", { [group.id]: "group_admin" });
}

describe("addMember", () => {
  test("gives a person of the organization the role, and records it", async () => {
    const tenant = await createTenant();
    const { group } = tenant;
    const person = await colleague(tenant);
    await addMember(group.admin, group.scope, { email: person.email, role: "group_user" });
    expect(await roleOf(tenant, person)).toBe("group_user");
    expect(await eventsOn(person.userId)).toEqual([
      { action: "member.added", actorId: group.admin.userId, detail: { role: "group_user" } },
    ]);
  });

  test("is allowed to organization admins too", async () => {
    const tenant = await createTenant();
    const { email, ...person } = await colleague(tenant);
    await addMember(tenant.organizationAdmin, tenant.group.scope, { email, role: "group_admin" });
    expect(await roleOf(tenant, person)).toBe("group_admin");
  });

  test("answers alike for an unknown address and for a person of another organization", async () => {
    const { organization, group } = await createTenant();
    const stranger = await colleague(await createTenant());
    const add = (email: string) => refusal(addMember(group.admin, group.scope, { email, role: "group_user" }));
    const message = `No member of ${organization.name} has this e-mail address. Ask an organization admin to invite the person first.`;
    expect(await add("nobody@example.com")).toEqual({
      code: "invalid",
      message,
      errors: [{ field: "email", message }],
    });
    expect(await add(stranger.email)).toEqual(await add("nobody@example.com"));
  });

  test("refuses an existing member, and keeps their role", async () => {
    const tenant = await createTenant();
    const { group } = tenant;
    const person = await secondAdmin(tenant);
    const again = addMember(group.admin, group.scope, { email: person.email, role: "group_user" });
    const message = `${person.name} is already a member of this group.`;
    expect(await refusal(again)).toEqual({ code: "conflict", message, errors: [{ field: "email", message }] });
    expect(await roleOf(tenant, person)).toBe("group_admin");
  });

  test.each([
    ["  Ada@Example.COM ", "ada@example.com"],
    ["ÅSA@EXÄMPLE.SE", "åsa@exämple.se"],
  ])("reads %j as %s", (email, read) => {
    expect(addMemberInput.parse({ email, role: "group_user" }).email).toBe(read);
  });

  test.each([
    { email: "" },
    { email: "ada" },
    { email: "a@b@c" },
    { email: "a\u0000@example.com" },
    { email: "a b@example.com" },
    { email: `${"a".repeat(320)}@example.com` },
    { email: 7 },
    { email: undefined },
    { role: "organization_admin" },
    { role: "" },
    { groupId: "grp_other" },
  ])("refuses %j", (wrong) => {
    expect(addMemberInput.safeParse({ email: "a@b.c", role: "group_user", ...wrong }).success).toBe(false);
  });
});

describe("changeMemberRole", () => {
  test("changes the role, and records the old and the new one", async () => {
    const tenant = await createTenant();
    const { group } = tenant;
    await changeMemberRole(group.admin, group.scope, group.user.userId, "group_admin");
    expect(await roleOf(tenant, group.user)).toBe("group_admin");
    const detail = { role: "group_admin", previous_role: "group_user" };
    expect(await eventsOn(group.user.userId)).toEqual([
      { action: "member.role_changed", actorId: group.admin.userId, detail },
    ]);
  });

  test("to the same role changes and records nothing", async () => {
    const { group } = await createTenant();
    const before = await everyRow();
    await changeMemberRole(group.admin, group.scope, group.user.userId, "group_user");
    await changeMemberRole(group.admin, group.scope, group.admin.userId, "group_admin");
    expect(await everyRow()).toEqual(before);
  });

  test("lets an admin step down while there is another", async () => {
    const tenant = await createTenant();
    const { group } = tenant;
    await secondAdmin(tenant);
    await changeMemberRole(group.admin, group.scope, group.admin.userId, "group_user");
    expect(await roleOf(tenant, group.admin)).toBe("group_user");
  });
});

describe("removeMember", () => {
  test("ends the membership, and records it", async () => {
    const tenant = await createTenant();
    const { group } = tenant;
    await removeMember(group.admin, group.scope, group.user.userId);
    expect(await roleOf(tenant, group.user)).toBeUndefined();
    const detail = { role: "group_user" };
    expect(await eventsOn(group.user.userId)).toEqual([
      { action: "member.removed", actorId: group.admin.userId, detail },
    ]);
    expect(await refusal(removeMember(group.admin, group.scope, group.user.userId))).toMatchObject({
      code: "not_found",
    });
  });

  test("removes no access token", async () => {
    const tenant = await createTenant();
    const { group } = tenant;
    const leaver = await secondAdmin(tenant);
    const token = await createToken(leaver, group.scope);
    await removeMember(leaver, group.scope, leaver.userId);
    const { items } = await listAccessTokens(group.admin, group.scope);
    expect(items).toMatchObject([
      { id: token.id, status: "active", createdBy: { id: leaver.userId, name: leaver.name } },
    ]);
  });

  test("keeps the person's other groups and organization", async () => {
    const tenant = await createTenant();
    const { organization, group, otherGroup } = tenant;
    const roles = { [group.id]: "group_user", [otherGroup.id]: "group_admin" } as const;
    const person = await createPerson(organization.id, "organization_user", roles);
    await removeMember(group.admin, group.scope, person.userId);
    const left = await db
      .select({ role: memberships.role })
      .from(memberships)
      .where(eq(memberships.userId, person.userId));
    expect(left.map(({ role }) => role).sort()).toEqual(["group_admin", "organization_user"]);
  });
});

describe("the last admin", () => {
  const attempts = {
    "be demoted": ({ group }: Tenant, actor = group.admin) =>
      changeMemberRole(actor, group.scope, group.admin.userId, "group_user"),
    "be removed": ({ group }: Tenant, actor = group.admin) => removeMember(actor, group.scope, group.admin.userId),
  };
  test.each(Object.entries(attempts))("can't %s, even if a token has the admin role", async (_name, attempt) => {
    const tenant = await createTenant();
    await createToken(tenant.group.admin, tenant.group.scope, { admin: true });
    const before = await everyRow();
    const message = `${tenant.group.admin.name} is the group's last admin. Make another person group admin first.`;
    expect(await refusal(attempt(tenant))).toEqual({ code: "conflict", message, errors: [] });
    expect(await refusal(attempt(tenant, tenant.organizationAdmin))).toMatchObject({ code: "conflict" });
    expect(await everyRow()).toEqual(before);
  });
});
