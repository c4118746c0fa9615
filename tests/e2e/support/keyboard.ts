import { expect, type Locator, type Page } from "@playwright/test";

const maxSteps = 60;

/** Goes on with Tab until the control has the focus, and looks that the eye can follow each step. */
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

/** What has the focus now; whether it has an outline or the like, and whether something hides it. */
function readFocus(page: Page) {
  return page.evaluate(() => {
    const node = document.activeElement;
    const name = (node?.getAttribute("aria-label") ?? node?.textContent ?? node?.id ?? "").trim();
    // After the last control the focus is with the browser itself.
    if (!node || node === document.body)
      return { name: "the page", isShown: true, isCovered: false };
    const hasFocusIndicator = (element: Element | null): boolean => {
      if (!element) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
    };
    // The button inside a date field is the browser's own, and so is its mark.
    const isDateInput = node instanceof HTMLInputElement && node.type === "date";
    const box = node.getBoundingClientRect();
    const top = document.elementFromPoint(
      box.x + box.width / 2,
      box.y + Math.min(box.height / 2, 12),
    );
    return {
      name: `“${name.slice(0, 60)}” (${node.tagName.toLowerCase()})`,
      isShown:
        isDateInput || [node, node.parentElement, node.closest("label")].some(hasFocusIndicator),
      isCovered: top !== null && !node.contains(top) && !top.contains(node),
    };
  });
}
