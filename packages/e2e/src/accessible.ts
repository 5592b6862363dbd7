import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** The rules of axe whose outcome depends on colours. */
const colourRules = ["color-contrast", "link-in-text-block"];

/**
 * Expects no violation of WCAG 2.2 AA, and no need to scroll sideways.
 *
 * @param rules the rules of axe that are looked at, by default all
 */
export async function expectAccessible(page: Page, rules?: string[]): Promise<void> {
  // A button that fades in has too little contrast for a moment.
  await page.waitForFunction(() => document.readyState === "complete");
  await expect(page.locator("button[type=submit]:disabled")).toHaveCount(0);
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
  // The pages have no frames, so that axe can do all of its work in the page. By default it opens a second one for each look.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  if (rules) axe.withRules(rules);
  else axe.withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]);
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
}

/** Expects an accessible page in both themes, which differ in colours alone. */
export async function expectAccessibleThemes(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page, colourRules);
}

/** Expects an accessible page in both themes, on a phone. */
export async function expectFits(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 });
  await expectAccessibleThemes(page);
  await page.setViewportSize({ width: 1280, height: 720 });
}
