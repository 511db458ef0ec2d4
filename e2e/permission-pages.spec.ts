import { declared, expect, persons, test, visited } from "./support/permissions";

// Each test makes over thirty requests.
test.describe.configure({ timeout: 90_000 });

test("the visits cover every page and route of groups and organizations", () => {
  expect(visited.toSorted()).toEqual(declared().toSorted());
});

for (const who of persons) {
  test(`every page answers the ${who} as the permission table says`, async ({ page, baseURL, visitsOf }) => {
    const visits = await visitsOf(who);
    const answered = [];
    for (const { path, method } of visits) {
      const answer = await page.request.fetch(path, { method, headers: { origin: baseURL ?? "" } });
      answered.push({ path, method, status: answer.status() });
    }
    expect(answered).toEqual(visits);
  });
}
