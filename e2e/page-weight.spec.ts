import { tabOf } from "./support/access-tokens";
import { expect, test } from "./support/test";
import { seedGroupTokens } from "./support/tokens";

test("a cold list page loads at most 150 kB of scripts, compressed, in at most 12 requests", async ({
  page,
  tenant,
  signInAs,
}) => {
  await signInAs(tenant.group.admin);
  await seedGroupTokens(tenant.group, 25);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  const codings = new Map<string, string | undefined>();
  const sizes = new Map<string, number>();
  devtools.on("Network.responseReceived", ({ requestId, type, response }) => {
    if (type === "Script") codings.set(requestId, response.headers["content-encoding"]);
  });
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));

  await page.goto(tabOf(tenant.group));
  await expect(page.getByRole("row")).toHaveCount(21);
  await page.waitForLoadState("networkidle");
  expect(sizes.size).toBeGreaterThan(5);
  expect(sizes.size).toBeLessThanOrEqual(12);
  expect(new Set(codings.values())).toEqual(new Set(["br"]));
  const bytes = [...codings.keys()].reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(150_000);
});
