import { describe, expect, test } from "vitest";
import { newId } from "@/db/ids";
import type { Actor } from "@/lib/auth/actor";
import { createToken } from "@/testing/access-tokens";
import { everyRow, withBrokenAuditLog } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { createTenant, type Tenant } from "@/testing/tenant";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "./change";

const commands = [
  { name: "revoke", run: revokeAccessToken },
  { name: "reactivate", run: reactivateAccessToken },
  { name: "delete", run: deleteAccessToken },
];

/** A tenant with two revoked tokens, so that each command except revoking has an effect. */
async function createScene() {
  const tenant = await createTenant();
  const { group, organization, organizationAdmin } = tenant;
  const inGroup = await createToken(group.admin, group.scope);
  const inOrganization = await createToken(organizationAdmin, organization.scope);
  await revokeAccessToken(group.admin, inGroup.id);
  await revokeAccessToken(organizationAdmin, inOrganization.id);
  return { ...tenant, inGroup, inOrganization };
}

const groupToken = async ({ group }: Tenant, admin: boolean) =>
  (await createToken(group.admin, group.scope, { admin })).actor;
const organizationToken = async ({ organizationAdmin, organization }: Tenant, admin: boolean) =>
  (await createToken(organizationAdmin, organization.scope, { admin })).actor;

type Who = [string, (tenant: Tenant) => Promise<Actor>];

const allowed: Who[] = [
  ["a group admin", async ({ group }) => group.admin],
  ["a token with the admin role", (tenant) => groupToken(tenant, true)],
  ["an organization token with the admin role", (tenant) => organizationToken(tenant, true)],
];
const forbidden: Who[] = [
  ["a group user", async ({ group }) => group.user],
  ["an organization admin without a role in the group", async ({ organizationAdmin }) => organizationAdmin],
  ["a token with the user role", (tenant) => groupToken(tenant, false)],
  ["an organization token with the user role", (tenant) => organizationToken(tenant, false)],
];
const strangers: Who[] = [
  ["an admin of another group", async ({ otherGroup }) => otherGroup.admin],
  ["a token of another group", async ({ otherGroup: { admin, scope } }) => (await createToken(admin, scope)).actor],
  ["a group admin of another organization", async () => (await createTenant()).group.admin],
  ["another organization's admin", async () => (await createTenant()).organizationAdmin],
  ["another organization's token", async () => organizationToken(await createTenant(), true)],
];

describe.each(commands)("to $name a group's token", ({ run }) => {
  test.each(allowed)("is allowed to %s", async (_who, actorIn) => {
    const scene = await createScene();
    await run(await actorIn(scene), scene.inGroup.id);
  });

  test.each(forbidden)("is forbidden to %s", async (_who, actorIn) => {
    const scene = await createScene();
    const actor = await actorIn(scene);
    const before = await everyRow();
    expect(await refusal(run(actor, scene.inGroup.id))).toMatchObject({ code: "forbidden" });
    expect(await everyRow()).toEqual(before);
  });

  test.each(strangers)("answers to %s as for an unknown token", async (_who, actorIn) => {
    const scene = await createScene();
    const actor = await actorIn(scene);
    const before = await everyRow();
    const unknown = await refusal(run(actor, newId("tok")));
    expect(unknown).toMatchObject({ code: "not_found" });
    expect(await refusal(run(actor, scene.inGroup.id))).toEqual(unknown);
    expect(await everyRow()).toEqual(before);
  });
});

describe.each(commands)("to $name an organization's token", ({ name, run }) => {
  const attempt = async (actor: Actor, { inOrganization }: Awaited<ReturnType<typeof createScene>>) =>
    refusal(run(actor, inOrganization.id));

  test("is allowed to the organization's admins and admin tokens", async () => {
    for (const actorIn of [
      async ({ organizationAdmin }: Tenant) => organizationAdmin,
      (tenant: Tenant) => organizationToken(tenant, true),
    ]) {
      const scene = await createScene();
      await run(await actorIn(scene), scene.inOrganization.id);
    }
  });

  test("is forbidden to all others who can see the organization", async () => {
    const scene = await createScene();
    for (const actor of [
      scene.group.admin,
      scene.group.user,
      await groupToken(scene, true),
      await organizationToken(scene, false),
    ]) {
      expect(await attempt(actor, scene), name).toMatchObject({ code: "forbidden" });
    }
  });

  test("answers to strangers as for an unknown token", async () => {
    const scene = await createScene();
    const stranger = (await createTenant()).organizationAdmin;
    const unknown = await refusal(run(stranger, newId("tok")));
    expect(unknown).toMatchObject({ code: "not_found" });
    expect(await attempt(stranger, scene)).toEqual(unknown);
  });
});

describe.each(commands)("$name", ({ run }) => {
  test("answers for a token in a hidden scope as for an unknown one", async () => {
    const scene = await createScene();
    const { admin } = scene.group;
    const foreign = await createTenant();
    const elsewhere = [
      (await createToken(scene.otherGroup.admin, scene.otherGroup.scope)).id,
      (await createToken(foreign.group.admin, foreign.group.scope)).id,
      scene.inGroup.technicalUser.id,
      "",
      "\0",
      "-1",
      "__proto__",
    ];
    const before = await everyRow();
    const unknown = await refusal(run(admin, newId("tok")));
    expect(unknown).toEqual({ code: "not_found", message: "This access token was not found.", errors: [] });
    for (const id of elsewhere) expect(await refusal(run(admin, id)), id).toEqual(unknown);
    expect(await everyRow()).toEqual(before);
  });
});

test.each(commands)(
  "$name leaves everything as it was when its audit event can't be written",
  async ({ name, run }) => {
    const { group, inGroup } = await createScene();
    const token = name === "revoke" ? await createToken(group.admin, group.scope) : inGroup;
    const before = await everyRow();
    await withBrokenAuditLog(async () => {
      await expect(run(group.admin, token.id)).rejects.toMatchObject({ cause: { constraint: "broken" } });
    });
    expect(await everyRow()).toEqual(before);
  },
);
