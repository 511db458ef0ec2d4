import { describe, expect, test } from "vitest";
import { newId } from "@/db/ids";
import type { Actor } from "@/lib/auth/actor";
import { type GroupScope, groupScope } from "@/lib/auth/scope";
import { createToken } from "@/testing/access-tokens";
import { everyRow, withBrokenAuditLog } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { createPerson, createTenant } from "@/testing/tenant";
import { addMember, changeMemberRole, removeMember } from "./in-group";

/** A tenant with a person to add, and the three commands as an admin would run them. */
async function createScene() {
  const tenant = await createTenant();
  const newcomer = await createPerson(tenant.organization.id, "organization_user");
  const run = (actor: Actor, scope: GroupScope = tenant.group.scope) => ({
    add: () => addMember(actor, scope, { email: newcomer.email, role: "group_user" }),
    change: () => changeMemberRole(actor, scope, tenant.group.user.userId, "group_admin"),
    remove: () => removeMember(actor, scope, tenant.group.user.userId),
  });
  return { ...tenant, newcomer, run };
}
type Scene = Awaited<ReturnType<typeof createScene>>;

const commands = ["add", "change", "remove"] as const;

const inTheGroup: [string, (scene: Scene) => Promise<Actor>][] = [
  ["a group user", async ({ group }) => group.user],
  ["a token with the admin role", async (scene) => tokenOf(scene, true)],
  ["a token with the user role", async (scene) => tokenOf(scene, false)],
  ["an organization token", async (scene) => organizationToken(scene)],
];
const outsideTheGroup: [string, (scene: Scene) => Promise<Actor>][] = [
  ["an admin of another group", async ({ otherGroup }) => otherGroup.admin],
  ["a person of the organization without a group", async ({ newcomer }) => newcomer],
  ["another organization's admin", async () => (await createTenant()).organizationAdmin],
  ["a group admin of another organization", async () => (await createTenant()).group.admin],
  ["a token of another group", async ({ otherGroup }) => (await createToken(otherGroup.admin, otherGroup.scope)).actor],
];

describe.each(commands)("%s", (command) => {
  test.each(inTheGroup)("is forbidden to %s", async (_who, actorIn) => {
    const scene = await createScene();
    const actor = await actorIn(scene);
    const before = await everyRow();
    expect(await refusal(scene.run(actor)[command]())).toMatchObject({ code: "forbidden" });
    expect(await everyRow()).toEqual(before);
  });

  test.each(outsideTheGroup)("answers to %s as for an unknown group", async (_who, actorIn) => {
    const scene = await createScene();
    const actor = await actorIn(scene);
    const before = await everyRow();
    const answer = await refusal(scene.run(actor)[command]());
    expect(answer).toMatchObject({ code: "not_found" });
    for (const unknown of [newId("grp"), "", "\0"]) {
      expect(await refusal(scene.run(actor, groupScope(unknown))[command]())).toEqual(answer);
    }
    expect(await everyRow()).toEqual(before);
  });

  test("leaves nothing behind when its audit event can't be written", async () => {
    const { group, run } = await createScene();
    const before = await everyRow();
    await withBrokenAuditLog(async () => {
      await expect(run(group.admin)[command]()).rejects.toMatchObject({ cause: { constraint: "broken" } });
    });
    expect(await everyRow()).toEqual(before);
  });
});

describe.each(["change", "remove"] as const)("%s", (command) => {
  const change = (scene: Scene, userId: string) =>
    command === "change"
      ? changeMemberRole(scene.group.admin, scene.group.scope, userId, "group_admin")
      : removeMember(scene.group.admin, scene.group.scope, userId);

  test("answers alike for everyone who is not in the group", async () => {
    const scene = await createScene();
    const outsiders = [
      scene.newcomer.userId,
      scene.otherGroup.user.userId,
      scene.organizationAdmin.userId,
      (await createTenant()).group.user.userId,
      (await organizationToken(scene)).userId,
      scene.group.id,
      "",
      "\0",
    ];
    const unknown = await refusal(change(scene, newId("usr")));
    expect(unknown).toMatchObject({ code: "not_found" });
    for (const outsider of outsiders) expect(await refusal(change(scene, outsider)), outsider).toEqual(unknown);
  });

  test("refuses technical users, and says what to do instead", async () => {
    const scene = await createScene();
    const { userId } = await tokenOf(scene, false);
    const before = await everyRow();
    expect(await refusal(change(scene, userId))).toEqual({
      code: "forbidden",
      message: "Technical users belong to their access tokens. Revoke or delete the token instead.",
      errors: [],
    });
    expect(await everyRow()).toEqual(before);
  });
});

test("technical users can't be added by their name", async () => {
  const scene = await createScene();
  const { name } = await tokenOf(scene, false);
  const { admin, scope } = scene.otherGroup;
  expect(await refusal(addMember(admin, scope, { email: name, role: "group_user" }))).toMatchObject({
    code: "invalid",
  });
});

async function tokenOf({ group }: Scene, admin: boolean): Promise<Actor> {
  return (await createToken(group.admin, group.scope, { admin })).actor;
}

async function organizationToken({ organizationAdmin, organization }: Scene): Promise<Actor> {
  return (await createToken(organizationAdmin, organization.scope, { admin: true })).actor;
}
