import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { median } from "./harness";

/** Times in the browser's own clock, from an event on a page to what the page then shows. */

type TimedWindow = {
  tasks: number[];
  startedAt: number;
  textShownAt: Promise<number>;
  until: (text: string) => Promise<number>;
};

// As text, because a function would include what the loader added to it. `until` returns the time at
// which a text first appears on the page.
const observerScript = `
  window.tasks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.tasks.push(entry.duration);
  }).observe({ type: "longtask" });
  window.until = (wanted) => new Promise((resolve) => {
    const look = () => {
      if (!document.body.textContent.includes(wanted)) return false;
      resolve(performance.now());
      return true;
    };
    if (look()) return;
    const observer = new MutationObserver(() => { if (look()) observer.disconnect(); });
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  });
`;

/** Pages that are opened in the context from now on can be timed. */
export const observePages = (context: BrowserContext) =>
  context.addInitScript({ content: observerScript });

/** Forgets the tasks of loading the page. */
export async function clearTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    (window as unknown as TimedWindow).tasks.length = 0;
  });
}

/**
 * Milliseconds from the first event of a kind, such as `change`, that `action` causes, until the page shows `text`.
 */
export async function timeUntilShown(
  page: Page,
  { event, text }: { event: string; text: string },
  action: () => Promise<unknown>,
): Promise<number> {
  await page.evaluate(
    (input) => {
      const timed = window as unknown as TimedWindow;
      document.addEventListener(input.event, () => (timed.startedAt = performance.now()), {
        capture: true,
        once: true,
      });
      timed.textShownAt = timed.until(input.text);
    },
    { event, text },
  );
  await action();
  return page.evaluate(async () => {
    const timed = window as unknown as TimedWindow;
    return (await timed.textShownAt) - timed.startedAt;
  });
}

/** The longest task of the main thread in milliseconds; 0 when none was longer than 50. */
export async function findLongestTask(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // The browser reports a task a little later.
    await new Promise((resolve) => setTimeout(resolve, 300));
    return Math.max(0, ...(window as unknown as TimedWindow).tasks);
  });
}

/** Papaparse alone in the same browser, which only splits the text: the median of so many runs in milliseconds. */
export async function timePapaparse(browser: Browser, text: string, runs: number): Promise<number> {
  const page = await browser.newPage();
  const library = createRequire(import.meta.url).resolve("papaparse/papaparse.min.js");
  await page.addScriptTag({ content: readFileSync(library, "utf8") });
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    times.push(
      await page.evaluate((csv) => {
        const { Papa } = window as unknown as { Papa: { parse: (text: string) => unknown } };
        const start = performance.now();
        Papa.parse(csv);
        return performance.now() - start;
      }, text),
    );
  }
  await page.close();
  return median(times);
}
