import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { groups } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { type OrganizationScope, organizationScope } from "@/lib/auth/scope";
import { createToken } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { everyRow, withBrokenAuditLog } from "@/testing/database/database-owner";
import { outcomes, refusal } from "@/testing/refusal";
import { createPerson, createTenant } from "@/testing/tenant";
import { createGroup, groupNameInput, renameGroup } from "./change";
import { deleteGroup } from "./delete";
import { getGroup, listMembers } from "./queries";

const named = (name: string) => groupNameInput.parse({ name });

describe("createGroup", () => {
  test("creates an empty group that organization admins see, and records it in the organization's log", async () => {
    const { organization, organizationAdmin } = await createTenant();
    const { id } = await createGroup(organizationAdmin, organization.scope, named("  Chassis "));
    expect(await getGroup(organizationAdmin, id)).toMatchObject({ name: "Chassis", role: null });
    expect((await listMembers(organizationAdmin, id)).items).toEqual([]);
    expect(await eventsOn(id)).toEqual([{ action: "group.created", actorId: organizationAdmin.userId, detail: {} }]);
  });

  test("refuses another group's name in the organization, in any spelling", async () => {
    const { organization, organizationAdmin } = await createTenant();
    await createGroup(organizationAdmin, organization.scope, named("Straße"));
    const before = await everyRow();
    const message = "A group named “STRASSE” already exists in this organization. Choose another name.";
    expect(await refusal(createGroup(organizationAdmin, organization.scope, named("STRASSE")))).toEqual({
      code: "name_taken",
      message,
      errors: [{ field: "name", message }],
    });
    expect(await everyRow()).toEqual(before);
    const elsewhere = await createTenant();
    await createGroup(elsewhere.organizationAdmin, elsewhere.organization.scope, named("Straße"));
  });

  test("creates one group of several concurrent ones with one name", async () => {
    const { organization, organizationAdmin } = await createTenant();
    const runs = Array.from({ length: 8 }, () => createGroup(organizationAdmin, organization.scope, named("Race")));
    expect(await outcomes(runs)).toEqual({ done: 1, name_taken: 7 });
  });

  test.each(["", " \u3000", "a\nb", "a\u202eb", "a".repeat(256)])("refuses %j as a name", (name) => {
    expect(groupNameInput.safeParse({ name }).success).toBe(false);
  });
});

describe("renameGroup", () => {
  test("changes the name, and records the old and the new one", async () => {
    const { organization, organizationAdmin, group } = await createTenant();
    await renameGroup(organizationAdmin, organization.scope, group.id, named("Chassis"));
    expect(await getGroup(group.user, group.id)).toMatchObject({ name: "Chassis" });
    expect(await eventsOn(group.id)).toEqual([
      { action: "group.renamed", actorId: organizationAdmin.userId, detail: { previous_name: group.name } },
    ]);
  });

  test("accepts another spelling of the group's own name, and does nothing for the same name", async () => {
    const { organization, organizationAdmin, group } = await createTenant();
    await renameGroup(organizationAdmin, organization.scope, group.id, named(group.name.toUpperCase()));
    const before = await everyRow();
    await renameGroup(organizationAdmin, organization.scope, group.id, named(group.name.toUpperCase()));
    expect(await everyRow()).toEqual(before);
  });

  test("refuses another group's name", async () => {
    const { organization, organizationAdmin, group, otherGroup } = await createTenant();
    const taken = renameGroup(organizationAdmin, organization.scope, group.id, named(otherGroup.name.toUpperCase()));
    expect(await refusal(taken)).toMatchObject({ code: "name_taken", errors: [{ field: "name" }] });
  });
});

async function createScene() {
  const tenant = await createTenant();
  const { organization, organizationAdmin, group } = tenant;
  const run = (actor: Actor, groupId = group.id, scope: OrganizationScope = organization.scope) => ({
    create: () => createGroup(actor, scope, named("New")),
    rename: () => renameGroup(actor, scope, groupId, named("New")),
    delete: () => deleteGroup(actor, scope, groupId, { name: group.name }),
  });
  const organizationToken = async (admin: boolean) =>
    (await createToken(organizationAdmin, organization.scope, { admin })).actor;
  return { ...tenant, run, organizationToken };
}
type Scene = Awaited<ReturnType<typeof createScene>>;

const withoutTheRight: [string, (scene: Scene) => Promise<Actor>][] = [
  ["a group admin", async ({ group }) => group.admin],
  ["a group user", async ({ group }) => group.user],
  ["an organization user", ({ organization }) => createPerson(organization.id, "organization_user")],
  ["an organization token with the admin role", ({ organizationToken }) => organizationToken(true)],
  ["an organization token with the user role", ({ organizationToken }) => organizationToken(false)],
  ["a group token", async ({ group }) => (await createToken(group.admin, group.scope, { admin: true })).actor],
];

describe.each(["create", "rename", "delete"] as const)("%s", (command) => {
  test.each(withoutTheRight)("is forbidden to %s", async (_who, actorIn) => {
    const scene = await createScene();
    const actor = await actorIn(scene);
    const before = await everyRow();
    expect(await refusal(scene.run(actor)[command]())).toMatchObject({ code: "forbidden" });
    expect(await everyRow()).toEqual(before);
  });

  test("answers to another organization's admin as for an unknown organization", async () => {
    const scene = await createScene();
    const stranger = (await createTenant()).organizationAdmin;
    const answer = await refusal(scene.run(stranger)[command]());
    expect(answer).toMatchObject({ code: "not_found" });
    for (const unknown of [newId("org"), "", "\0"]) {
      const run = scene.run(stranger, scene.group.id, organizationScope(unknown));
      expect(await refusal(run[command]())).toEqual(answer);
    }
  });

  test("leaves nothing behind when its audit event can't be written", async () => {
    const { run, organizationAdmin } = await createScene();
    const before = await everyRow();
    await withBrokenAuditLog(async () => {
      await expect(run(organizationAdmin)[command]()).rejects.toMatchObject({ cause: { constraint: "broken" } });
    });
    expect(await everyRow()).toEqual(before);
  });
});

test.each(["rename", "delete"] as const)("%s finds no group of another organization", async (command) => {
  const { run, organizationAdmin } = await createScene();
  const foreign = (await createTenant()).group;
  const unknown = await refusal(run(organizationAdmin, newId("grp"))[command]());
  expect(unknown).toMatchObject({ code: "not_found" });
  for (const id of [foreign.id, "", "\0"])
    expect(await refusal(run(organizationAdmin, id)[command]())).toEqual(unknown);
  expect(await db.$count(groups, eq(groups.id, foreign.id))).toBe(1);
});
