import { openCreateDialog, tabOf } from "./support/access-tokens";
import { startServerBehindDoor } from "./support/server/database-away";
import { expect, test } from "./support/test";

test.describe.configure({ mode: "serial", timeout: 60_000 });

let door: Awaited<ReturnType<typeof startServerBehindDoor>>;

test.beforeAll(async () => {
  door = await startServerBehindDoor();
});
test.beforeEach(({ tenant, signInAs }) => signInAs(tenant.group.admin));
test.afterEach(() => door.database.open());
test.afterAll(async () => {
  await door.server.stop();
  await door.database.close();
});

const ways = {
  stopped: () => door.database.shut(),
  silent: async () => door.database.hold(),
};

test("while the database is stopped, a form so large that the session is checked first keeps its input", async ({
  page,
  tenant,
}) => {
  await page.goto(`${door.server.url}${tabOf(tenant.group)}`);
  const form = await openCreateDialog(page);
  const name = "n".repeat(20_000);
  await form.getByLabel("Token Name").fill(name);
  await form.getByRole("button", { name: "30 days" }).click();
  await ways.stopped();
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(form.getByRole("alert")).toContainText("The database can’t be reached right now");
  await expect(form.getByLabel("Token Name")).toHaveValue(name);
});

for (const [way, leave] of Object.entries(ways)) {
  test(`while the database is ${way}, a page says so without details, and can be retried`, async ({
    page,
    tenant,
    complaints,
  }) => {
    const address = `${door.server.url}${tabOf(tenant.group)}`;
    await page.goto(address);
    await leave();
    const answer = await page.goto(address);
    expect(answer?.status()).toBe(503);
    expect(answer?.headers()["retry-after"]).toBe("5");
    await expect(page.getByText("The database can’t be reached right now.")).toBeVisible();
    await expect(page.getByText(/number|digest|ECONN|terminated/)).toHaveCount(0);

    await door.database.open();
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("tab", { name: "Access Tokens" })).toBeVisible();
    complaints.length = 0;
  });

  test(`while the database is ${way}, a form keeps its input, and succeeds afterwards`, async ({ page, tenant }) => {
    await page.goto(`${door.server.url}${tabOf(tenant.group)}`);
    const form = await openCreateDialog(page);
    await form.getByLabel("Token Name").fill("typed with care");
    await form.getByRole("button", { name: "30 days" }).click();
    await form.getByLabel("Admin Role Assignment").check();
    const date = await form.getByLabel("Expiration Date").inputValue();
    await leave();
    await form.getByRole("button", { name: "Create", exact: true }).click();
    await expect(form.getByRole("alert")).toContainText("The database can’t be reached right now");
    await expect(form.getByLabel("Token Name")).toHaveValue("typed with care");
    await expect(form.getByLabel("Expiration Date")).toHaveValue(date);
    await expect(form.getByLabel("Admin Role Assignment")).toBeChecked();

    await door.database.open();
    await form.getByRole("button", { name: "Create", exact: true }).click();
    await expect(page.getByRole("dialog", { name: "Access Token Created" })).toBeVisible();
  });
}
