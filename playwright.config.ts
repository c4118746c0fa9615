import { defineConfig } from "@playwright/test";
import { chromiumArguments, findChromium } from "./scripts/chromium";

/** Browser tests, on the production build as `bin/start` runs it. */
export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  globalSetup: "./tests/setup/portal-global.ts",
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: {
    locale: "en-GB",
    timezoneId: "Europe/London",
    screenshot: "off",
    trace: "off",
    launchOptions: { executablePath: findChromium(), args: chromiumArguments },
  },
  projects: [{ name: "chromium" }],
});
