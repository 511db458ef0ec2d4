import { openCreateDialog, tabOf } from "./support/access-tokens";
import { startServerBehindDoor } from "./support/server/database-away";
import { sessionCookie } from "./support/sign-in";
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

test("a form that is sent during too many concurrent requests says so and keeps its input", async ({
  page,
  context,
  tenant,
}) => {
  const address = `${door.server.url}${tabOf(tenant.group)}`;
  await page.goto(address);
  const form = await openCreateDialog(page);
  await form.getByLabel("Token Name").fill("typed with care");
  await form.getByRole("button", { name: "30 days" }).click();

  const cookie = `authjs.session-token=${(await sessionCookie(context))?.value}`;
  const ask = () => fetch(address, { headers: { cookie } });
  door.database.hold();
  const asked = Array.from({ length: 21 }, ask);
  const refused = await Promise.race(asked);
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("1");
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(form.getByRole("alert")).toContainText("Too many of your requests are being worked on at once.");
  await expect(form.getByLabel("Token Name")).toHaveValue("typed with care");

  await Promise.all(asked);
  await door.database.open();
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "Access Token Created" })).toBeVisible();
});
