import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const resolvePath = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests that call the production build over HTTP. */
const http = ["tests/**/*.http.test.ts"];
/** Tests that need only the code. */
const unit = [
  "tests/*.test.ts",
  "tests/crypto/**/*.test.ts",
  "tests/embed/**/*.test.ts",
  "tests/schemas/**/*.test.ts",
];

export default defineConfig({
  resolve: {
    alias: [
      // In place of Next's own guard, which throws outside its bundler.
      { find: /^server-only$/, replacement: resolvePath("./tests/setup/server-only.ts") },
      { find: /^@\//, replacement: resolvePath("./") },
    ],
  },
  test: {
    environment: "node",
    // As on the smallest supported machine.
    maxWorkers: 2,
    // `.ci/run` sets CI. A test that passes on its retry is reported as flaky.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: unit,
          exclude: http,
          setupFiles: ["tests/setup/settings.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "database",
          include: ["tests/**/*.test.ts"],
          exclude: [...http, ...unit],
          globalSetup: ["tests/setup/global.ts"],
          setupFiles: ["tests/setup/settings.ts", "tests/setup/database.ts"],
        },
      },
      {
        extends: true,
        test: { name: "http", include: http, globalSetup: ["tests/setup/portal-global.ts"] },
      },
    ],
  },
});
