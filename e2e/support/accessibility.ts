import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./test";

type Look = { within?: string; except?: string[] };

/** Nothing that axe calls serious or critical, in the page or in what the CSS selector finds, but for the rules left out. */
export async function expectAccessible(page: Page, { within = "html", except = [] }: Look = {}): Promise<void> {
  // Legacy mode judges in the page itself, instead of opening another one each time: only frames of other sites need that.
  const look = new AxeBuilder({ page })
    .setLegacyMode()
    .include(within)
    // What passes, and a second copy of the style sheets, would only be thrown away.
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
