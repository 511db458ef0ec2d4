import { expect, persons, test } from "./support/permissions";

// Nearly thirty pages each.
test.describe.configure({ timeout: 90_000 });

for (const who of persons) {
  test(`every page answers the ${who} as the permission table says`, async ({ page, visitsOf }) => {
    const visits = await visitsOf(who);
    const answered = [];
    for (const { path } of visits) answered.push({ path, status: (await page.request.get(path)).status() });
    expect(answered).toEqual(visits);
  });
}
