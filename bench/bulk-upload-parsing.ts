import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, chromium } from "@playwright/test";
import { chromiumArguments, findChromium } from "../scripts/chromium";
import { buildCsv, buildWorkbook, rowCount } from "./bulk-upload-files";
import { startBenchEnvironment, createTenant } from "./harness";

/**
 * Files of 50,000 rows with the faults of real exports, as CSV and as a workbook, in the browser: from
 * selecting the file to its columns on the screen, from starting the check to its counts on the screen, and
 * the longest task of the main thread meanwhile. The times of the CSV file are also ratios to papaparse
 * alone, which splits the same text in the same browser.
 *
 * Run `npm run bench:bulk-upload-parsing` on a built checkout.
 */

const runs = 5;
const maxTaskMs = 50;

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

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

/** Papaparse alone, on the same text. */
async function measurePapaparse(browser: Browser, text: string): Promise<number> {
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

const environment = await startBenchEnvironment();
const browser = await chromium.launch({
  ...(findChromium() ? { executablePath: findChromium() ?? "" } : {}),
  args: chromiumArguments,
});
try {
  const tenant = await createTenant(0);
  const text = buildCsv();
  const papaparseMs = await measurePapaparse(browser, text);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`papaparse alone: ${papaparseMs.toFixed(0)} ms; each time below is the median of ${runs}`);

  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/London" });
  await context.addCookies([
    { name: "portal-session", value: tenant.token, url: environment.portalUrl },
  ]);
  await context.addInitScript({ content: observerScript });

  const files = [
    { name: "rows.csv", content: text, maxTotalMs: 2_000, baselineMs: papaparseMs },
    { name: "rows.xlsx", content: buildWorkbook(), maxTotalMs: 5_000, baselineMs: null },
  ];
  for (const { name, content, maxTotalMs, baselineMs } of files) {
    const file = join(environment.folder, name);
    writeFileSync(file, content);
    const results: { readMs: number; checkMs: number; taskMs: number }[] = [];
    for (let run = 0; run < runs; run += 1) {
      const page = await context.newPage();
      await page.goto(`${environment.portalUrl}/bench/sandbox/links/bulk-uploads/new`);
      const chooser = page.getByLabel("CSV file");
      await chooser.waitFor({ state: "attached" });
      await page.waitForTimeout(1_000);
      await page.evaluate(() => {
        const benchWindow = window as unknown as {
          tasks: number[];
          startedAt: number;
          textShownAt: Promise<number>;
          until: (text: string) => Promise<number>;
        };
        benchWindow.tasks.length = 0;
        document.addEventListener("change", () => (benchWindow.startedAt = performance.now()), {
          capture: true,
          once: true,
        });
        benchWindow.textShownAt = benchWindow.until("8 columns");
      });
      await chooser.setInputFiles(file);
      const readMs = await page.evaluate(async () => {
        const benchWindow = window as unknown as {
          startedAt: number;
          textShownAt: Promise<number>;
        };
        return (await benchWindow.textShownAt) - benchWindow.startedAt;
      });
      await page.getByLabel("Appointment type", { exact: true }).selectOption({ index: 1 });
      await page.getByLabel("Location", { exact: true }).selectOption({ index: 1 });
      await page.evaluate(() => {
        const benchWindow = window as unknown as {
          startedAt: number;
          textShownAt: Promise<number>;
          until: (text: string) => Promise<number>;
        };
        document.addEventListener("submit", () => (benchWindow.startedAt = performance.now()), {
          capture: true,
          once: true,
        });
        benchWindow.textShownAt = benchWindow.until("49,000 valid, 1,000 with problems");
      });
      await page.getByRole("button", { name: "Check rows" }).click();
      const { checkMs, taskMs } = await page.evaluate(async () => {
        const benchWindow = window as unknown as {
          startedAt: number;
          textShownAt: Promise<number>;
          tasks: number[];
        };
        const time = (await benchWindow.textShownAt) - benchWindow.startedAt;
        await new Promise((resolve) => setTimeout(resolve, 300));
        return { checkMs: time, taskMs: Math.max(0, ...benchWindow.tasks) };
      });
      results.push({ readMs, checkMs, taskMs });
      await page.close({ runBeforeUnload: false });
    }
    rmSync(file);

    const readMs = median(results.map((result) => result.readMs));
    const checkMs = median(results.map((result) => result.checkMs));
    const longestTaskMs = Math.max(...results.map((result) => result.taskMs));
    const describe = (ms: number) =>
      `${ms.toFixed(0)} ms${baselineMs ? `, ${(ms / baselineMs).toFixed(2)} of papaparse alone` : ""}`;
    print(`${name}: ${rowCount} rows, ${(content.length / 1024 / 1024).toFixed(1)} MiB`);
    print(`  read: ${describe(readMs)}`);
    print(`  checked: ${describe(checkMs)}`);
    print(`  both: ${describe(readMs + checkMs)} (aim at most ${maxTotalMs} ms)`);
    print(
      `  longest task of the main thread in any run: ${longestTaskMs === 0 ? "under 50" : longestTaskMs.toFixed(0)} ms (aim at most ${maxTaskMs})`,
    );
  }
} finally {
  await browser.close();
  await environment.stop();
}
process.exit(0);
