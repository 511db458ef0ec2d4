import { Temporal } from "temporal-polyfill";
import { createToken, leaveUncopied, message, openCreateDialog, openTab, rowOf } from "./support/access-tokens";
import { demote } from "./support/people";
import { expect, test } from "./support/test";

test.beforeEach(async ({ page, tenant, signInAs }) => {
  await signInAs(tenant.group.admin);
  await openTab(page, tenant.group);
});

const refusals = [
  { name: "", date: "tomorrow", field: "Token Name", says: "Enter a name." },
  { name: "   ", date: "tomorrow", field: "Token Name", says: "Enter a name." },
  { name: "x".repeat(256), date: "tomorrow", field: "Token Name", says: "Use at most 255 characters." },
  { name: "prod\u202Etoken", date: "tomorrow", field: "Token Name", says: "invisible or line-breaking" },
  { name: "no date", date: "", field: "Expiration Date", says: "Choose an expiration date." },
  { name: "past", date: "yesterday", field: "Expiration Date", says: "The expiration date has passed." },
  { name: "too far", date: "in 366 days", field: "Expiration Date", says: "at most 365 days" },
] as const;

const days = { "": Number.NaN, yesterday: -1, tomorrow: 1, "in 366 days": 366 } as const;

/** The date that many days from today in the browser's time zone. */
const dateIn = (days: number) => Temporal.Now.plainDateISO("Europe/Berlin").add({ days });
const localDate = (offset: number) => (Number.isNaN(offset) ? "" : dateIn(offset).toString());

for (const { name, date, field, says } of refusals) {
  test(`“${name.slice(0, 20)}” with ${date || "no"} date is refused with an explanation and keeps the input`, async ({
    page,
  }) => {
    const form = await openCreateDialog(page);
    await form.getByLabel("Token Name").fill(name);
    await form.getByLabel("Expiration Date").fill(localDate(days[date]));
    await form.getByLabel("Admin Role Assignment").check();
    await form.getByRole("button", { name: "Create", exact: true }).click();

    const refused = form.getByLabel(field);
    await expect(refused).toHaveAttribute("aria-invalid", "true");
    await expect(refused).toHaveAccessibleDescription(new RegExp(says));
    await expect(refused).toBeFocused();
    await expect(form.getByLabel("Token Name")).toHaveValue(name);
    await expect(form.getByLabel("Expiration Date")).toHaveValue(localDate(days[date]));
    await expect(form.getByLabel("Admin Role Assignment")).toBeChecked();
    await expect(page.getByRole("dialog")).toHaveCount(1);
  });
}

test("a name that differs from another only in case is refused, and can be corrected in the same form", async ({
  page,
}) => {
  const { dialog } = await createToken(page, "CI Runner");
  await leaveUncopied(dialog);
  const form = await openCreateDialog(page);
  await form.getByLabel("Token Name").fill("ci runner");
  await form.getByRole("button", { name: "90 days" }).click();
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(form.getByLabel("Token Name")).toHaveAccessibleDescription(/already exists/);
  await form.getByLabel("Token Name").fill("ci runner 2");
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "Access Token Created" })).toBeVisible();
  await leaveUncopied(page.getByRole("dialog", { name: "Access Token Created" }));
  await expect(rowOf(page, "ci runner 2")).toBeVisible();
});

test("presets set the date, and the form states the time of expiry", async ({ page }) => {
  const form = await openCreateDialog(page);
  const presets = { "7 days": 7, "30 days": 30, "60 days": 60, "90 days": 90, "1 year": 365 };
  for (const [label, offset] of Object.entries(presets)) {
    await form.getByRole("button", { name: label }).click();
    await expect(form.getByRole("button", { pressed: true })).toHaveText(label);
    await expect(form.getByLabel("Expiration Date")).toHaveValue(localDate(offset));
  }
  const [last, next] = [dateIn(365), dateIn(366)];
  const day = last.toLocaleString("en-GB", { weekday: "long" });
  const date = last.toLocaleString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const then = `${next.day} ${next.toLocaleString("en-US", { month: "short" })}, 00:00 GMT\\+\\d`;
  await expect(form.getByLabel("Expiration Date")).toHaveAccessibleDescription(
    new RegExp(`^Expires when ${day}, ${date} is over \\(${then}\\), in 365 days\\.$`),
  );
});

test("Cancel creates nothing, and a click outside keeps the form open", async ({ page }) => {
  const form = await openCreateDialog(page);
  await form.getByLabel("Token Name").fill("never");
  await page.mouse.click(5, 5);
  await expect(form.getByLabel("Token Name")).toHaveValue("never");
  await form.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "No access tokens yet" })).toBeVisible();
});

test("a demoted admin is refused at the next click, and the form keeps its input", async ({ page, tenant }) => {
  const form = await openCreateDialog(page);
  await form.getByLabel("Token Name").fill("too late");
  await form.getByRole("button", { name: "7 days" }).click();
  await demote(tenant.group.admin.userId, tenant.group.id);
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(form.getByRole("alert")).toContainText("not allowed");
  await expect(form.getByLabel("Token Name")).toHaveValue("too late");
});

test("the list stays if the form can't be loaded, and a message offers to try again", async ({ page }) => {
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Create Access Token" }).click();
  await expect(message(page)).toHaveText(/^This could not be loaded\. Check your connection/);
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("dialog", { name: "Create Access Token" })).toBeVisible();
  await expect(message(page)).toHaveText("");
});
