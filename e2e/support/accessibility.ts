import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./test";

type Look = { within?: string; except?: string[] };

/** Expects no serious or critical axe finding in the page, or in `within`, except for the rules in `except`. */
export async function expectAccessible(page: Page, { within = "html", except = [] }: Look = {}): Promise<void> {
  // Legacy mode runs in the page itself instead of opening another one. Only frames of other origins would need that.
  const look = new AxeBuilder({ page })
    .setLegacyMode()
    .include(within)
    // Passed checks and a second copy of the style sheets aren't used.
    .options({ resultTypes: ["violations"], preload: false })
    .disableRules(except);
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
