import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { expect, test } from "./test";

type Look = { within?: string; except?: string[]; only?: string[] };

/** Expects no serious or critical axe finding in the page, or in `within`, except for the rules in `except`. */
export async function expectAccessible(page: Page, { within = "html", except = [], only }: Look = {}): Promise<void> {
  // Legacy mode runs in the page itself instead of opening another one. Only frames of other origins would need that.
  const look = new AxeBuilder({ page })
    .setLegacyMode()
    .include(within)
    // Passed checks and a second copy of the style sheets aren't used.
    .options({ resultTypes: ["violations"], preload: false });
  if (only) look.withRules(only);
  else look.disableRules(except);
  const { violations } = await look.analyze();
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const widths = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(widths[0]).toBe(widths[1]);
}

/** At 768 px only what the theme changes is checked, since the markup is that of 1280 px. */
const looks = [
  { width: 1280, colorScheme: "light" },
  { width: 768, colorScheme: "dark", only: ["color-contrast"] },
  { width: 320, colorScheme: "dark" },
] as const;

/** Expects no grave finding and no sideways scroll at each width, in light and in dark, of the page as it is now. */
export async function expectAccessibleInEachLook(page: Page): Promise<void> {
  for (const { width, colorScheme, ...look } of looks) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    await test.step(`${width} px, ${colorScheme}`, async () => {
      await expectAccessible(page, "only" in look ? { only: [...look.only] } : {});
      await expectNoSidewaysScroll(page);
    });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
