import { tabOf } from "./support/access-tokens";
import { expect, test } from "./support/test";
import { seedGroupTokens } from "./support/tokens";

test("a browser tab's title names the page and what it belongs to", async ({ page, tenant, signInAs }) => {
  const { group, organization } = tenant;
  await seedGroupTokens(group, 1, { name: "hil-bench-07" });
  await signInAs(group.admin);

  await page.goto(`/groups/${group.id}`);
  await expect(page).toHaveTitle(`Members · ${group.name} · veHaaS`);
  await page.getByRole("tab", { name: "Access Tokens" }).click();
  await expect(page).toHaveTitle(`Access Tokens · ${group.name} · veHaaS`);
  await page.getByRole("link", { name: "hil-bench-07" }).click();
  await expect(page).toHaveTitle(`hil-bench-07 · ${group.name} · veHaaS`);
  await page.getByRole("tab", { name: "Environment Variables" }).click();
  await expect(page).toHaveTitle(`hil-bench-07 · ${group.name} · veHaaS`);
  await page.goto(`/organizations/${organization.id}`);
  await expect(page).toHaveTitle(`Groups · ${organization.name} · veHaaS`);
  await page.goto("/groups");
  await expect(page).toHaveTitle("Groups · veHaaS");
  await expect(page.locator("head title")).toHaveCount(1);
});

test("what does not exist has a title of its own", async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  for (const path of ["/groups/grp_unknown", `${tabOf(tenant.group)}/tok_unknown`, "/nowhere"]) {
    await page.goto(path);
    await expect(page).toHaveTitle("Not found · veHaaS");
    await expect(page.locator("head title")).toHaveCount(1);
  }
});
