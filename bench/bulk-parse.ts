import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, chromium } from "@playwright/test";
import { chromiumArguments, findChromium } from "../scripts/chromium";
import { layGround, makeTenant } from "./ground";

/**
 * A file of 50,000 rows in the browser: from choosing it to its columns on screen, from asking for the
 * check to the counts on screen, and the longest task of the page's main thread meanwhile. The file's
 * time is also a ratio to papaparse alone, splitting the same text in the same browser.
 *
 * Run `npm run bench:bulk-parse` on a built checkout.
 */

const rowCount = 50_000;
const runs = 5;
const aims = { totalMs: 2_000, taskMs: 50 };

/** Digits with their check digit; numbers from 999 on belong to nobody. */
function nhsNumberOf(place: number): string | null {
  const digits = `999${String(place).padStart(6, "0")}`;
  let sum = 0;
  for (let index = 0; index < 9; index += 1) sum += Number(digits[index]) * (10 - index);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? null : digits + String(check);
}

function makeFile(): string {
  const lines = ["Reference,NHS number,Date of birth,First name,Last name,Postcode,Expires,Note"];
  for (let place = 0; lines.length <= rowCount; place += 1) {
    const number = nhsNumberOf(place);
    if (!number) continue;
    const at = lines.length;
    // One row in fifty is bad, as files of people are.
    const born =
      at % 50 === 0 ? "31/2/80" : `${1 + (at % 28)}/${1 + (at % 12)}/${1930 + (at % 80)}`;
    lines.push(
      `REF-${at},${number},${born},Ann,"O'Sample, ${at}",KT2 6QW,,"Said ""yes"" in ${at}"`,
    );
  }
  return `${lines.join("\r\n")}\r\n`;
}

// As text, since a function would bring along what the loader has put into it. `until` gives the moment
// at which a text first stands on the page.
const observing = `
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

/** Papaparse alone, given the text. */
async function measureBare(browser: Browser, text: string): Promise<number> {
  const page = await browser.newPage();
  const library = createRequire(import.meta.url).resolve("papaparse/papaparse.min.js");
  await page.addScriptTag({ content: readFileSync(library, "utf8") });
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    times.push(
      await page.evaluate((given) => {
        const { Papa } = window as unknown as { Papa: { parse: (text: string) => unknown } };
        const start = performance.now();
        Papa.parse(given);
        return performance.now() - start;
      }, text),
    );
  }
  await page.close();
  return median(times);
}

const ground = await layGround();
const browser = await chromium.launch({
  ...(findChromium() ? { executablePath: findChromium() ?? "" } : {}),
  args: chromiumArguments,
});
try {
  const tenant = await makeTenant(0);
  const text = makeFile();
  const file = join(ground.folder, "rows.csv");
  writeFileSync(file, text);
  const bareMs = await measureBare(browser, text);

  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/London" });
  await context.addCookies([
    { name: "portal-session", value: tenant.token, url: ground.portalUrl },
  ]);
  await context.addInitScript({ content: observing });

  const results: { readMs: number; checkMs: number; taskMs: number }[] = [];
  for (let run = 0; run < runs; run += 1) {
    const page = await context.newPage();
    await page.goto(`${ground.portalUrl}/bench/sandbox/links/bulk/new`);
    const chooser = page.getByLabel("CSV file");
    await chooser.waitFor({ state: "attached" });
    await page.waitForTimeout(1_000);
    await page.evaluate(() => {
      const held = window as unknown as {
        tasks: number[];
        began: number;
        shown: Promise<number>;
        until: (text: string) => Promise<number>;
      };
      held.tasks.length = 0;
      document.addEventListener("change", () => (held.began = performance.now()), {
        capture: true,
        once: true,
      });
      held.shown = held.until("8 columns, separated");
    });
    await chooser.setInputFiles(file);
    const readMs = await page.evaluate(async () => {
      const held = window as unknown as { began: number; shown: Promise<number> };
      return (await held.shown) - held.began;
    });
    await page.getByLabel("Appointment type", { exact: true }).selectOption({ index: 1 });
    await page.getByLabel("Location", { exact: true }).selectOption({ index: 1 });
    await page.evaluate(() => {
      const held = window as unknown as {
        began: number;
        shown: Promise<number>;
        until: (text: string) => Promise<number>;
      };
      document.addEventListener("submit", () => (held.began = performance.now()), {
        capture: true,
        once: true,
      });
      held.shown = held.until("49,000 good, 1,000 bad");
    });
    await page.getByRole("button", { name: "Check the rows" }).click();
    const { checkMs, taskMs } = await page.evaluate(async () => {
      const held = window as unknown as { began: number; shown: Promise<number>; tasks: number[] };
      const time = (await held.shown) - held.began;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { checkMs: time, taskMs: Math.max(0, ...held.tasks) };
    });
    results.push({ readMs, checkMs, taskMs });
    await page.close({ runBeforeUnload: false });
  }

  const readMs = median(results.map((each) => each.readMs));
  const checkMs = median(results.map((each) => each.checkMs));
  const taskMs = median(results.map((each) => each.taskMs));
  const worst = Math.max(...results.map((each) => each.taskMs));
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say(`file: ${rowCount} rows, ${(text.length / 1024 / 1024).toFixed(1)} MiB; median of ${runs}`);
  say(`papaparse alone: ${bareMs.toFixed(0)} ms`);
  say(
    `read and split: ${readMs.toFixed(0)} ms, ${(readMs / bareMs).toFixed(2)} of papaparse alone`,
  );
  say(`checked: ${checkMs.toFixed(0)} ms, ${(checkMs / bareMs).toFixed(2)} of papaparse alone`);
  say(
    `both: ${(readMs + checkMs).toFixed(0)} ms (aim at most ${aims.totalMs}), ${((readMs + checkMs) / bareMs).toFixed(2)} of papaparse alone`,
  );
  say(
    `longest task of the main thread: ${taskMs === 0 ? "under 50" : taskMs.toFixed(0)} ms, worst of all runs ${worst === 0 ? "under 50" : worst.toFixed(0)} (aim at most ${aims.taskMs})`,
  );
  rmSync(file);
} finally {
  await browser.close();
  await ground.clear();
}
process.exit(0);
