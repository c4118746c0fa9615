import { expect, type Locator, type Page } from "@playwright/test";

const maxSteps = 60;

/** Presses Tab until the control has focus; expects a visible focus at each step. */
export async function tabTo(page: Page, target: Locator, key = "Tab"): Promise<void> {
  for (let step = 0; step < maxSteps; step++) {
    await page.keyboard.press(key);
    const focus = await readFocus(page);
    expect(focus.isShown, `the focus is shown on ${focus.name}`).toBe(true);
    expect(focus.isCovered, `something covers ${focus.name}`).toBe(false);
    if (await target.evaluate((node) => node === document.activeElement)) return;
  }
  throw new Error(`Tab did not come to ${String(target)}.`);
}

/** The focused element, whether it has a focus indicator, and whether it is covered. */
function readFocus(page: Page) {
  return page.evaluate(() => {
    const node = document.activeElement;
    const name = (node?.getAttribute("aria-label") ?? node?.textContent ?? node?.id ?? "").trim();
    // After the last control the browser itself has focus.
    if (!node || node === document.body)
      return { name: "the page", isShown: true, isCovered: false };
    const hasFocusIndicator = (element: Element | null): boolean => {
      if (!element) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
    };
    const box = node.getBoundingClientRect();
    const top = document.elementFromPoint(
      box.x + box.width / 2,
      box.y + Math.min(box.height / 2, 12),
    );
    return {
      name: `“${name.slice(0, 60)}” (${node.tagName.toLowerCase()})`,
      isShown: [node, node.parentElement, node.closest("label")].some(hasFocusIndicator),
      isCovered: top !== null && !node.contains(top) && !top.contains(node),
    };
  });
}
