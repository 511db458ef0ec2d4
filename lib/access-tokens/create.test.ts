import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { memberships, users } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { groupScope } from "@/lib/auth/scope";
import { createToken, expire, inDays, tokenInput } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { everyRow, withBrokenAuditLog } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { authenticateAccessToken } from "./authenticate";
import { createAccessToken } from "./create";
import { hashSecret, isWellFormedSecret } from "./secret";

async function technicalUser(id: string) {
  const [user] = await db
    .select({ kind: users.kind, name: users.name, organizationId: users.organizationId })
    .from(users)
    .where(eq(users.id, id));
  return user;
}

function membershipsOf(userId: string) {
  return db
    .select({ groupId: memberships.groupId, role: memberships.role, kind: memberships.kind })
    .from(memberships)
    .where(eq(memberships.userId, userId));
}

describe("a group token", () => {
  test.each([
    { admin: false, role: "group_user" },
    { admin: true, role: "group_admin" },
  ] as const)("with admin $admin is a technical user with the role $role", async ({ admin, role }) => {
    const { organization, group } = await createTenant();
    const expiresAt = inDays(30);
    const { token, secret } = await createAccessToken(group.admin, group.scope, { name: "CI", admin, expiresAt });
    expect(token).toEqual({
      id: expect.stringMatching(/^tok_/),
      name: "CI",
      description: "",
      status: "active",
      role,
      groupId: group.id,
      organizationId: organization.id,
      technicalUser: { id: expect.stringMatching(/^usr_/), username: expect.stringMatching(/^ci-[a-z0-9]{8}$/) },
      tokenSuffix: secret?.slice(-4),
      retiringSecret: null,
      createdBy: { id: group.admin.userId, name: group.admin.name },
      createdAt: expect.any(Date),
      expiresAt: new Date(expiresAt.instant.epochMilliseconds),
      lastUsedAt: null,
      revokedAt: null,
      leakedAt: null,
      revision: expect.any(String),
    });
    const { id, username } = token.technicalUser;
    expect(await technicalUser(id)).toEqual({ kind: "technical", name: username, organizationId: organization.id });
    expect(await membershipsOf(id)).toEqual([{ groupId: group.id, role, kind: "technical" }]);
  });

  test("has a working secret that is stored nowhere", async () => {
    const { group } = await createTenant();
    const { secret, ...token } = await createToken(group.admin, group.scope);
    expect(secret).toMatch(/^vhg_/);
    expect(isWellFormedSecret(secret)).toBe(true);
    expect((await authenticateAccessToken(secret))?.token.id).toBe(token.id);
    const rows = JSON.stringify(await everyRow());
    expect(rows).toContain(token.id);
    expect(rows).not.toContain(secret.slice(4, -4));
    expect(JSON.stringify(token)).not.toContain(secret.slice(4, -4));
    expect(JSON.stringify(token)).not.toContain(hashSecret(secret).toString("hex"));
  });

  test("is recorded with its role and expiration", async () => {
    const { group } = await createTenant();
    const { id, technicalUser, expiresAt } = await createToken(group.admin, group.scope, { admin: true });
    const detail = {
      role: "group_admin",
      technical_user: technicalUser.username,
      expires_at: expiresAt.toISOString(),
    };
    expect(await eventsOn(id)).toEqual([{ action: "access_token.created", actorId: group.admin.userId, detail }]);
  });
});

test.each([
  { admin: false, role: "organization_user" },
  { admin: true, role: "organization_admin" },
] as const)(
  "an organization token with admin $admin has the role $role in the organization",
  async ({ admin, role }) => {
    const { organization, organizationAdmin } = await createTenant();
    const token = await createToken(organizationAdmin, organization.scope, { admin });
    expect(token).toMatchObject({ role, groupId: null, organizationId: organization.id });
    expect(token.secret).toMatch(/^vho_/);
    expect(await membershipsOf(token.technicalUser.id)).toEqual([{ groupId: null, role, kind: "technical" }]);
  },
);

test.each([
  ["Grüße, Welt! ", /^grusse-welt-[a-z0-9]{8}$/],
  ["日本語", /^token-[a-z0-9]{8}$/],
  ["--", /^token-[a-z0-9]{8}$/],
  ["x".repeat(255), /^x{24}-[a-z0-9]{8}$/],
])("the technical user of %j has a readable username", async (name, username) => {
  const { group } = await createTenant();
  expect((await createToken(group.admin, group.scope, { name })).technicalUser.username).toMatch(username);
});

describe("creation", () => {
  const forbidden: [string, string, (tenant: Tenant) => Promise<Actor> | Actor][] = [
    ["a group user", "forbidden", ({ group }) => group.user],
    ["an organization admin without a role in the group", "forbidden", ({ organizationAdmin }) => organizationAdmin],
    ["a token with the admin role", "people_only", async (tenant) => tokenOf(tenant, true)],
    ["a token with the user role", "people_only", async (tenant) => tokenOf(tenant, false)],
    ["an organization token", "people_only", async (tenant) => organizationToken(tenant, true)],
  ];
  test.each(forbidden)("by %s is %s", async (_who, code, actorIn) => {
    const tenant = await createTenant();
    const actor = await actorIn(tenant);
    const before = await everyRow();
    expect(await refusal(createAccessToken(actor, tenant.group.scope, tokenInput()))).toMatchObject({ code });
    expect(await everyRow()).toEqual(before);
  });

  const strangers: [string, (tenant: Tenant) => Promise<Actor> | Actor][] = [
    ["an admin of another group", ({ otherGroup }) => otherGroup.admin],
    ["an organization user", ({ organization }) => createPerson(organization.id, "organization_user")],
    ["a token of another group", async ({ otherGroup: { admin, scope } }) => (await createToken(admin, scope)).actor],
    ["another organization's group admin", async () => (await createTenant()).group.admin],
    ["another organization's admin", async () => (await createTenant()).organizationAdmin],
    ["another organization's token", async () => organizationToken(await createTenant(), true)],
  ];
  test.each(strangers)("by %s answers as for an unknown group", async (_who, actorIn) => {
    const tenant = await createTenant();
    const actor = await actorIn(tenant);
    const before = await everyRow();
    const unknown = await refusal(createAccessToken(actor, groupScope(newId("grp")), tokenInput()));
    expect(unknown).toMatchObject({ code: "not_found" });
    expect(await refusal(createAccessToken(actor, tenant.group.scope, tokenInput()))).toEqual(unknown);
    expect(await everyRow()).toEqual(before);
  });

  test("in an organization is allowed to its admins", async () => {
    const tenant = await createTenant();
    const create = (actor: Actor) => refusal(createAccessToken(actor, tenant.organization.scope, tokenInput()));
    expect(await create(tenant.group.admin)).toMatchObject({ code: "forbidden" });
    expect(await create(await organizationToken(tenant, true))).toMatchObject({ code: "people_only" });
    expect(await create(await organizationToken(tenant, false))).toMatchObject({ code: "people_only" });
    expect(await create(await tokenOf(tenant, true))).toMatchObject({ code: "people_only" });
    expect(await create((await createTenant()).organizationAdmin)).toMatchObject({ code: "not_found" });
  });

  test("leaves nothing behind when its audit event can't be written", async () => {
    const { group } = await createTenant();
    const before = await everyRow();
    await withBrokenAuditLog(async () => {
      const creation = createAccessToken(group.admin, group.scope, tokenInput(), "a key");
      await expect(creation).rejects.toMatchObject({ cause: { constraint: "broken" } });
    });
    expect(await everyRow()).toEqual(before);
  });
});

test("an expired token keeps its name", async () => {
  const { group } = await createTenant();
  const { id } = await createToken(group.admin, group.scope, { name: "nightly" });
  await expire(id);
  const again = createAccessToken(group.admin, group.scope, tokenInput({ name: "nightly" }));
  expect(await refusal(again)).toMatchObject({ code: "name_taken" });
});

async function tokenOf({ group }: Tenant, admin: boolean): Promise<Actor> {
  return (await createToken(group.admin, group.scope, { admin })).actor;
}

async function organizationToken({ organizationAdmin, organization }: Tenant, admin: boolean): Promise<Actor> {
  return (await createToken(organizationAdmin, organization.scope, { admin })).actor;
}
