import { expectAccessible, expectNoSidewaysScroll } from "./support/accessibility";
import { deleteByName, seedAttention } from "./support/attention";
import { expect, test } from "./support/test";

test("the groups' page lists what needs attention, each row a link to where it is mended", async ({
  page,
  tenant,
  signInAs,
}) => {
  const { group, otherGroup } = tenant;
  await signInAs(group.admin);
  await page.goto("/groups");
  const section = page.getByRole("region", { name: "Needs attention" });
  await expect(page.getByRole("link", { name: group.name })).toBeVisible();
  await expect(section).toHaveCount(0);

  await seedAttention(group);
  await page.reload();
  await expect(section.getByRole("heading", { level: 3 })).toHaveText([
    "Access tokens that expire within 7 days",
    "Stored credentials that expire within 14 days, or whose last check failed",
    "Runners that can’t be unregistered",
    "Access tokens with an admin role that were not used for 90 days",
  ]);
  const rows = section.getByRole("listitem");
  await expect(rows).toHaveText([
    new RegExp(`^ending\\s*${group.name} · expires \\d+ \\w+ \\d+, .* \\(in 2 days\\)$`),
    new RegExp(`^rejected\\s*${group.name} · https://gitlab\\.example · The credential was revoked\\.`),
    new RegExp(`^stuck\\s*${group.name} · 1 runner at https://gitlab\\.example · GitLab does not answer\\.`),
    new RegExp(`^idle\\s*${group.name} · never used, created .* \\(99 days ago\\)$`),
  ]);
  for (const name of ["rejected", "stuck"]) {
    await section.getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { name })).toBeVisible();
    await expect(page.getByRole("table", { name: "Version control accesses" })).toBeVisible();
    await page.goBack();
  }
  await section.getByRole("link", { name: "ending" }).click();
  await expect(page.getByRole("heading", { name: "ending" })).toBeVisible();
  await deleteByName(group, "stuck");
  await page.goto("/groups");
  await expect(rows.nth(2)).toHaveText(
    new RegExp(`^stuck\\s*${group.name} · access token deleted · 1 runner at https://gitlab\\.example · GitLab`),
  );
  await expect(section.getByRole("link")).toHaveText(["ending", "rejected", "idle"]);

  for (const person of [group.user, otherGroup.admin, tenant.organizationAdmin]) {
    await signInAs(person);
    await page.goto("/groups");
    await expect(page.getByRole("heading", { name: "Groups", exact: true })).toBeVisible();
    await expect(section).toHaveCount(0);
  }
});

for (const { width, colorScheme } of [
  { width: 1280, colorScheme: "light" },
  { width: 320, colorScheme: "dark" },
] as const) {
  test.describe(`${width} px, ${colorScheme}`, () => {
    test.use({ viewport: { width, height: 800 }, colorScheme });

    test("the section has no serious accessibility finding and does not scroll sideways", async ({
      page,
      tenant,
      signInAs,
    }) => {
      await signInAs(tenant.group.admin);
      await seedAttention(tenant.group, `a long name ${"w".repeat(200)}`);
      await page.goto("/groups");
      await expect(page.getByRole("region", { name: "Needs attention" })).toBeVisible();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
    });
  });
}
