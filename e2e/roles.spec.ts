import { createToken, leaveUncopied, openTab, rowOf, tabOf } from "./support/access-tokens";
import { expect, test } from "./support/test";

test("a group admin sees members, access tokens, the audit log and the settings", async ({
  page,
  tenant,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  await page.goto(`/groups/${tenant.group.id}`);
  await expect(page.getByRole("tab")).toHaveText(["Members", "Access Tokens", "Audit Log", "Settings"]);
  await expect(page.getByRole("button", { name: "Add Member" })).toBeVisible();
  await openTab(page, tenant.group);
  await expect(page.getByRole("button", { name: "Create Access Token" })).toBeVisible();
});

test("a group user sees the members, but neither tokens nor the audit log", async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.user);
  await page.goto(`/groups/${tenant.group.id}`);
  await expect(page.getByRole("tab")).toHaveText(["Members"]);
  await expect(page.getByRole("cell", { name: tenant.group.admin.name })).toBeVisible();
  await expect(page.getByRole("button", { name: "Add Member" })).toHaveCount(0);
  for (const path of [tabOf(tenant.group), `/groups/${tenant.group.id}/audit-log`]) {
    expect((await page.goto(path))?.status()).toBe(403);
    await expect(page.getByRole("heading", { name: "You are not allowed to see this" })).toBeVisible();
  }
});

test("an organization admin manages members, and sees tokens only with the group admin role", async ({
  page,
  tenant,
  signInAs,
}) => {
  await signInAs(tenant.organizationAdmin);
  await page.goto(`/groups/${tenant.group.id}`);
  await expect(page.getByRole("tab")).toHaveText(["Members"]);
  await expect(page.getByRole("button", { name: "Add Member" })).toBeVisible();
  expect((await page.goto(tabOf(tenant.group)))?.status()).toBe(403);
});

test("another group's admin and an unknown id get the same 404", async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
  const { dialog } = await createToken(page, "hidden");
  await leaveUncopied(dialog);
  const tokenPath = await rowOf(page, "hidden").getByRole("link", { name: "hidden" }).getAttribute("href");

  await signInAs(tenant.otherGroup.admin);
  const foreign = [`/groups/${tenant.group.id}`, tabOf(tenant.group), `${tokenPath}`];
  const unknown = [
    "/groups/grp_unknown",
    "/groups/grp_unknown/access-tokens",
    `${tabOf(tenant.otherGroup)}/tok_unknown`,
  ];
  for (const path of [...foreign, ...unknown]) {
    expect((await page.goto(path))?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { name: "This page was not found" })).toBeVisible();
  }
  await page.goto("/groups");
  await expect(page.getByRole("link", { name: tenant.otherGroup.name })).toBeVisible();
  await expect(page.getByRole("link", { name: tenant.group.name })).toHaveCount(0);
});

test("without a session every page redirects to sign-in, which leads back to it", async ({ page, tenant }) => {
  await page.goto(`${tabOf(tenant.group)}?status=revoked`);
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=/);
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
});
