import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { chromiumArguments, findChromium } from "../scripts/chromium";
import { buildCsv, buildWorkbook, rowCount } from "./bulk-upload-files";
import { createTenant, median, startBenchEnvironment } from "./harness";
import {
  clearTasks,
  findLongestTask,
  observePages,
  timePapaparse,
  timeUntilShown,
} from "./time-on-page";

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

const environment = await startBenchEnvironment();
const browser = await chromium.launch({
  ...(findChromium() ? { executablePath: findChromium() ?? "" } : {}),
  args: chromiumArguments,
});
try {
  const tenant = await createTenant(0);
  const text = buildCsv();
  const papaparseMs = await timePapaparse(browser, text, runs);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`papaparse alone: ${papaparseMs.toFixed(0)} ms; each time below is the median of ${runs}`);

  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/London" });
  await context.addCookies([
    { name: "portal-session", value: tenant.token, url: environment.portalUrl },
  ]);
  await observePages(context);

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
      await clearTasks(page);
      const readMs = await timeUntilShown(page, { event: "change", text: "8 columns" }, () =>
        chooser.setInputFiles(file),
      );
      await page.getByLabel("Appointment type", { exact: true }).selectOption({ index: 1 });
      await page.getByLabel("Location", { exact: true }).selectOption({ index: 1 });
      const checkMs = await timeUntilShown(
        page,
        { event: "submit", text: "49,000 valid, 1,000 with problems" },
        () => page.getByRole("button", { name: "Check rows" }).click(),
      );
      const taskMs = await findLongestTask(page);
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
