import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";

const wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
/** The rules that colours and widths can break. */
const visualRules = [
  "color-contrast",
  "target-size",
  "link-in-text-block",
  "scrollable-region-focusable",
];

/** Expects no violation of WCAG 2.2 AA that axe can find. */
export async function expectAccessible(page: Page, rules: "all" | "visual" = "all"): Promise<void> {
  // Legacy mode is enough for one document and twice as fast.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (rules === "all"
    ? axe.withTags(wcag)
    : axe.withRules(visualRules)
  ).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join("\n  ")}`,
  );
  const { width } = page.viewportSize() ?? {};
  expect(found, `WCAG 2.2 AA at ${page.url()}, ${width} px wide`).toEqual([]);
}

/** Expects the page to fit its window; wide content scrolls in its own frame. */
export async function expectNoHorizontalScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(
    overflow,
    `pixels too wide at ${page.url()}, ${page.viewportSize()?.width} px`,
  ).toBeLessThanOrEqual(0);
}

/** At desktop and phone widths, down to 320 px; leaves the page at desktop width. */
export async function expectAccessibleAtAllWidths(
  page: Page,
  rules: "all" | "visual" = "all",
): Promise<void> {
  for (const width of [320, 390, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    // A control half hidden behind the page's frame would be too small a target.
    await page.evaluate(() => window.scrollTo(0, 0));
    await expectNoHorizontalScroll(page);
    if (width !== 320) await expectAccessible(page, rules);
  }
}

/** Expects an error summary with focus. */
export async function expectErrorSummary(page: Page, ...sentences: string[]): Promise<Locator> {
  const summary = page.getByRole("alert").filter({ has: page.getByRole("heading") });
  await expect(summary).toBeFocused();
  for (const sentence of sentences) await expect(summary).toContainText(sentence);
  return summary;
}

const textPattern = (text: string) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));

/** Expects the control to be invalid, described by the sentence. */
export async function expectFieldError(field: Locator, sentence: string | RegExp): Promise<void> {
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveAccessibleDescription(
    typeof sentence === "string" ? textPattern(sentence) : sentence,
  );
}

/** Selects the option whose text matches. */
export async function selectOption(select: Locator, option: RegExp): Promise<void> {
  const value = await select.getByRole("option", { name: option }).getAttribute("value");
  await select.selectOption(value);
}
