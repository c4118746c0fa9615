import { defineConfig } from "@playwright/test";
import { chromiumArguments, findChromium } from "./scripts/chromium";

/** Browser tests run against the production build, started as `bin/start` does. */
export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  globalSetup: "./tests/setup/portal-global.ts",
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  // `.ci/run` sets CI. A test that passes on its retry is reported as flaky.
  retries: process.env.CI ? 1 : 0,
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
