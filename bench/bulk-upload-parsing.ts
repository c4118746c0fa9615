import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, chromium } from "@playwright/test";
import { chromiumArguments, findChromium } from "../scripts/chromium";
import { startBenchEnvironment, createTenant } from "./harness";

/**
 * A file of 50,000 rows in the browser: from selecting it to its columns on the screen, from starting the
 * check to its counts on the screen, and the longest task of the main thread meanwhile. The reading time is
 * also a ratio to papaparse alone, which splits the same text in the same browser.
 *
 * Run `npm run bench:bulk-upload-parsing` on a built checkout.
 */

const rowCount = 50_000;
const runs = 5;
const targets = { maxTotalMs: 2_000, maxTaskMs: 50 };

/** Digits with their check digit; numbers from 999 are never issued. */
function buildNhsNumber(index: number): string | null {
  const digits = `999${String(index).padStart(6, "0")}`;
  let sum = 0;
  for (let index = 0; index < 9; index += 1) sum += Number(digits[index]) * (10 - index);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? null : digits + String(check);
}

function buildCsv(): string {
  const lines = ["Reference,NHS number,Date of birth,First name,Last name,Postcode,Expires,Note"];
  for (let index = 0; lines.length <= rowCount; index += 1) {
    const nhsNumber = buildNhsNumber(index);
    if (!nhsNumber) continue;
    const rowNumber = lines.length;
    // One row in fifty is invalid, as in real files.
    const dateOfBirth =
      rowNumber % 50 === 0
        ? "31/2/80"
        : `${1 + (rowNumber % 28)}/${1 + (rowNumber % 12)}/${1930 + (rowNumber % 80)}`;
    lines.push(
      `REF-${rowNumber},${nhsNumber},${dateOfBirth},Ann,"O'Sample, ${rowNumber}",KT2 6QW,,"Said ""yes"" in ${rowNumber}"`,
    );
  }
  return `${lines.join("\r\n")}\r\n`;
}

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
  const file = join(environment.folder, "rows.csv");
  writeFileSync(file, text);
  const papaparseMs = await measurePapaparse(browser, text);

  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/London" });
  await context.addCookies([
    { name: "portal-session", value: tenant.token, url: environment.portalUrl },
  ]);
  await context.addInitScript({ content: observerScript });

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
      benchWindow.textShownAt = benchWindow.until("8 columns, separated");
    });
    await chooser.setInputFiles(file);
    const readMs = await page.evaluate(async () => {
      const benchWindow = window as unknown as { startedAt: number; textShownAt: Promise<number> };
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

  const readMs = median(results.map((result) => result.readMs));
  const checkMs = median(results.map((result) => result.checkMs));
  const taskMs = median(results.map((result) => result.taskMs));
  const worstTaskMs = Math.max(...results.map((result) => result.taskMs));
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`file: ${rowCount} rows, ${(text.length / 1024 / 1024).toFixed(1)} MiB; median of ${runs}`);
  print(`papaparse alone: ${papaparseMs.toFixed(0)} ms`);
  print(
    `read and split: ${readMs.toFixed(0)} ms, ${(readMs / papaparseMs).toFixed(2)} of papaparse alone`,
  );
  print(
    `checked: ${checkMs.toFixed(0)} ms, ${(checkMs / papaparseMs).toFixed(2)} of papaparse alone`,
  );
  print(
    `both: ${(readMs + checkMs).toFixed(0)} ms (aim at most ${targets.maxTotalMs}), ${((readMs + checkMs) / papaparseMs).toFixed(2)} of papaparse alone`,
  );
  print(
    `longest task of the main thread: ${taskMs === 0 ? "under 50" : taskMs.toFixed(0)} ms, worst of all runs ${worstTaskMs === 0 ? "under 50" : worstTaskMs.toFixed(0)} (aim at most ${targets.maxTaskMs})`,
  );
  rmSync(file);
} finally {
  await browser.close();
  await environment.stop();
}
process.exit(0);
