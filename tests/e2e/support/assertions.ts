import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";

const wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
/** What colours and widths alone can break. */
const visualRules = [
  "color-contrast",
  "target-size",
  "link-in-text-block",
  "scrollable-region-focusable",
];

/** No violation of WCAG 2.2 AA that a machine can find on the page as it is now. */
export async function expectAccessible(page: Page, rules: "all" | "looks" = "all"): Promise<void> {
  // One document, one frame: the older way of running it is all that is needed, and twice as fast.
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

/** The page fits its window; what is wide scrolls inside its own frame. */
export async function expectNoHorizontalScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(
    overflow,
    `pixels too wide at ${page.url()}, ${page.viewportSize()?.width} px`,
  ).toBeLessThanOrEqual(0);
}

/** The list of what is wrong stands above the form and has the focus. */
export async function expectErrorSummary(page: Page, ...sentences: string[]): Promise<Locator> {
  const summary = page.getByRole("alert").filter({ has: page.getByRole("heading") });
  await expect(summary).toBeFocused();
  for (const sentence of sentences) await expect(summary).toContainText(sentence);
  return summary;
}

const textPattern = (text: string) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));

/** The control is marked wrong and says why, to eyes and to screen readers. */
export async function expectFieldError(field: Locator, sentence: string | RegExp): Promise<void> {
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveAccessibleDescription(
    typeof sentence === "string" ? textPattern(sentence) : sentence,
  );
}

/** Chooses the option of a select that reads like this. */
export async function selectOption(select: Locator, option: RegExp): Promise<void> {
  const value = await select.getByRole("option", { name: option }).getAttribute("value");
  await select.selectOption(value);
}
