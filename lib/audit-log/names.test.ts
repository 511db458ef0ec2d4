import { expect, test } from "vitest";
import { deleteAccessToken } from "@/lib/access-tokens/change";
import type { Actor } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { createInvitation } from "@/lib/invitations/create";
import { createToken } from "@/testing/access-tokens";
import { createTenant } from "@/testing/tenant";
import { auditFilterNames } from "./names";

test("auditFilterNames names only tokens, and only those in the log", async () => {
  const { group, otherGroup, organization, organizationAdmin } = await createTenant();
  const living = await createToken(otherGroup.admin, otherGroup.scope, { name: "secret project" });
  const ofOrganization = await createToken(organizationAdmin, organization.scope, { name: "everywhere" });
  const { invitation } = await createInvitation(organizationAdmin, organization.scope, {
    email: "invited@example.com",
    role: "organization_user",
  });
  const named = async ({ admin, scope }: { admin: Actor; scope: Scope }, tokenId: string) =>
    (await auditFilterNames(admin, scope, { tokenId })).token;
  const organizationsOwn = { admin: organizationAdmin, scope: organization.scope };
  for (const { id } of [living, ofOrganization, invitation]) expect(await named(group, id)).toBeUndefined();
  for (const { id } of [living, invitation]) expect(await named(organizationsOwn, id)).toBeUndefined();
  await deleteAccessToken(otherGroup.admin, living.id);
  expect(await named(group, living.id)).toBeUndefined();
  expect(await named(otherGroup, living.id)).toBe("secret project");
  expect(await named(organizationsOwn, ofOrganization.id)).toBe("everywhere");
});
