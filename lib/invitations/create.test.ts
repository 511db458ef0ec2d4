import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { invitations, memberships } from "@/db/schema";
import { hashSecret } from "@/lib/access-tokens/secret";
import type { Actor } from "@/lib/auth/actor";
import type { OrganizationScope } from "@/lib/auth/scope";
import { createToken } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { everyRow, withBrokenAuditLog } from "@/testing/database/database-owner";
import { endInvitation, invite, newEmail } from "@/testing/invitations";
import { outcomes, refusal } from "@/testing/refusal";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { createInvitation, createInvitationInput, maxOpenInvitations } from "./create";
import { findInvitation, listInvitations } from "./queries";
import { revokeInvitation } from "./revoke";

const input = (email = newEmail()) => ({ email, role: "organization_user" as const });
const openOf = ({ organization, organizationAdmin }: Tenant) => listInvitations(organizationAdmin, organization.scope);

describe("createInvitation", () => {
  test("invites for seven days, and records it without the secret", async () => {
    const tenant = await createTenant();
    const invitation = await invite(tenant, { role: "organization_admin" });
    expect(invitation.secret).toMatch(/^[0-9A-Za-z]{43}$/);
    const days = (invitation.expiresAt.getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(6.99);
    expect(days).toBeLessThan(7.01);
    expect(await eventsOn(invitation.id)).toEqual([
      {
        action: "invitation.created",
        actorId: tenant.organizationAdmin.userId,
        detail: { role: "organization_admin" },
      },
    ]);
    expect(JSON.stringify(await everyRow())).not.toContain(invitation.secret);
  });

  test("replaces the open invitation for the same address", async () => {
    const tenant = await createTenant();
    const first = await invite(tenant);
    const second = await invite(tenant, { email: first.email, role: "organization_admin" });
    expect(await refusal(findInvitation(first.secret))).toMatchObject({ code: "not_found" });
    expect(await findInvitation(second.secret)).toMatchObject({ id: second.id, role: "organization_admin" });
    expect((await eventsOn(second.id))[0]?.detail).toMatchObject({ replaces: first.id });
    expect(await openOf(tenant)).toHaveLength(1);
  });

  test("many concurrent invitations of one person leave one open", async () => {
    const tenant = await createTenant();
    const { organization, organizationAdmin } = tenant;
    const runs = Array.from({ length: 8 }, () =>
      createInvitation(organizationAdmin, organization.scope, input("one@example.com")),
    );
    expect(await outcomes(runs)).toEqual({ done: 8 });
    expect(await openOf(tenant)).toHaveLength(1);
  });

  test("refuses an existing member on the field", async () => {
    const { organization, organizationAdmin, group } = await createTenant();
    const answer = await refusal(createInvitation(organizationAdmin, organization.scope, input(group.user.email)));
    const message = `${group.user.name} is already a member of ${organization.name}.`;
    expect(answer).toEqual({ code: "conflict", message, errors: [{ field: "email", message }] });
  });

  test("invites a person of another organization", async () => {
    const stranger = (await createTenant()).group.user;
    const { secret } = await invite(await createTenant(), { email: stranger.email });
    expect(await findInvitation(secret)).toMatchObject({ email: stranger.email, newAccount: null });
  });

  test("limits open invitations, without counting those that have ended", async () => {
    const tenant = await createTenant();
    const { organization, organizationAdmin } = tenant;
    const some = await invite(tenant);
    await db.insert(invitations).values(
      Array.from({ length: maxOpenInvitations - 1 }, (_, number) => ({
        organizationId: organization.id,
        email: `${number}@example.com`,
        role: "organization_user" as const,
        secretHash: hashSecret(`${organization.id} ${number}`),
        invitedById: organizationAdmin.userId,
        expiresAt: some.expiresAt,
      })),
    );
    expect(await openOf(tenant)).toHaveLength(maxOpenInvitations);
    const create = () => createInvitation(organizationAdmin, organization.scope, input());
    expect(await refusal(create())).toMatchObject({ code: "conflict", errors: [] });
    await endInvitation(some.id, "-1 second");
    expect(await outcomes([create()])).toEqual({ done: 1 });
  });

  test("allows a hundred per hour and organization", async () => {
    const tenant = await createTenant();
    const { organization, organizationAdmin, group } = tenant;
    // Refused ones count, so that nobody can probe for members without limit.
    const create = () => createInvitation(organizationAdmin, organization.scope, input(group.user.email));
    for (let round = 0; round < 10; round++) await outcomes(Array.from({ length: 10 }, create));
    expect(await refusal(create())).toMatchObject({
      code: "rate_limited",
      message: expect.stringMatching(/^Too many invitations in an hour\. Try again in \d+ minutes\.$/),
    });
    await invite(await createTenant());
  });

  test("a failed event rolls back the invitation and the replacement", async () => {
    const tenant = await createTenant();
    const { organization, organizationAdmin } = tenant;
    const first = await invite(tenant);
    await withBrokenAuditLog(async () => {
      await expect(createInvitation(organizationAdmin, organization.scope, input(first.email))).rejects.toMatchObject({
        cause: { constraint: "broken" },
      });
    });
    expect(await openOf(tenant)).toMatchObject([{ id: first.id }]);
  });
});

test("e-mail addresses are normalized as for group members", () => {
  const { data } = createInvitationInput.safeParse({ email: " Ada@Example.COM\n", role: "organization_user" });
  expect(data?.email).toBe("ada@example.com");
  for (const wrong of ["ada", "a b@example.com", "ada@example.com\nBcc: x@example.com", "ada@example.com\0"]) {
    expect(createInvitationInput.safeParse({ email: wrong, role: "organization_user" }).success).toBe(false);
  }
  expect(createInvitationInput.safeParse({ email: "ada@example.com", role: "group_admin" }).success).toBe(false);
});

describe("listInvitations", () => {
  test("lists only the organization's open invitations, newest first, without their secrets", async () => {
    const tenant = await createTenant();
    const [late, older, newer] = [await invite(tenant), await invite(tenant), await invite(tenant)];
    await endInvitation(late.id, "-1 second");
    await invite(await createTenant());
    const { userId: id, name } = tenant.organizationAdmin;
    const list = await openOf(tenant);
    expect(list.map((invitation) => invitation.id)).toEqual([newer.id, older.id]);
    expect(list[0]).toEqual({
      id: newer.id,
      email: newer.email,
      role: "organization_user",
      expiresAt: newer.expiresAt,
      invitedBy: { id, name },
    });
  });
});

describe("revokeInvitation", () => {
  test("closes the link once, and records it", async () => {
    const tenant = await createTenant();
    const { organization, organizationAdmin } = tenant;
    const { id, secret } = await invite(tenant);
    await revokeInvitation(organizationAdmin, organization.scope, id);
    expect(await refusal(findInvitation(secret))).toMatchObject({ code: "not_found" });
    expect(await eventsOn(id)).toMatchObject([{ action: "invitation.created" }, { action: "invitation.revoked" }]);
    expect(await refusal(revokeInvitation(organizationAdmin, organization.scope, id))).toMatchObject({
      code: "not_found",
    });
  });

  test("does not find another organization's or an unknown invitation", async () => {
    const tenant = await createTenant();
    const foreign = await invite(await createTenant());
    for (const id of [foreign.id, newId("inv"), "", "\0"]) {
      const revoke = revokeInvitation(tenant.organizationAdmin, tenant.organization.scope, id);
      expect(await refusal(revoke)).toMatchObject({ code: "not_found" });
    }
    expect(await findInvitation(foreign.secret)).toMatchObject({ id: foreign.id });
  });
});

describe("an actor without the permission", () => {
  const run = (actor: Actor, scope: OrganizationScope, id: string) => [
    () => createInvitation(actor, scope, input()),
    () => listInvitations(actor, scope),
    () => revokeInvitation(actor, scope, id),
  ];
  const inside: [string, (tenant: Tenant) => Promise<Actor>][] = [
    ["an organization user", ({ organization }) => createPerson(organization.id, "organization_user")],
    ["a group admin", async ({ group }) => group.admin],
    [
      "an organization token with the admin role",
      async ({ organization, organizationAdmin }) =>
        (await createToken(organizationAdmin, organization.scope, { admin: true })).actor,
    ],
  ];
  test.each(inside)("%s", async (_who, actorIn) => {
    const tenant = await createTenant();
    const { id } = await invite(tenant);
    const actor = await actorIn(tenant);
    const before = await everyRow();
    for (const attempt of run(actor, tenant.organization.scope, id)) {
      expect(await refusal(attempt())).toMatchObject({ code: "forbidden" });
    }
    expect(await everyRow()).toEqual(before);
  });

  test("of another organization gets the answer for an unknown organization", async () => {
    const tenant = await createTenant();
    const { id } = await invite(tenant);
    const actor = (await createTenant()).organizationAdmin;
    const before = await everyRow();
    const unknown = run(actor, { kind: "organization", organizationId: newId("org") }, id);
    for (const [place, attempt] of run(actor, tenant.organization.scope, id).entries()) {
      const answer = await refusal(attempt());
      expect(answer).toMatchObject({ code: "not_found" });
      expect(answer).toEqual(await refusal(unknown[place]?.() ?? Promise.resolve()));
    }
    expect(await everyRow()).toEqual(before);
  });
});

test("an invitation is valid only while its inviter may invite", async () => {
  const tenant = await createTenant();
  const { organization } = tenant;
  const leaving = await createPerson(organization.id, "organization_admin");
  const { invitation, secret } = await createInvitation(leaving, organization.scope, input());
  await db.update(memberships).set({ role: "organization_user" }).where(eq(memberships.userId, leaving.userId));
  expect(await refusal(findInvitation(secret))).toMatchObject({ code: "not_found" });
  expect(await openOf(tenant)).toEqual([]);
  expect((await invite(tenant, { email: invitation.email })).id).not.toBe(invitation.id);
});
