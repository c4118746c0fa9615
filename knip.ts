import type { KnipConfig } from "knip";

/** Finds files, exports and dependencies that nothing uses; part of `npm run check`. */
const config: KnipConfig = {
  workspaces: {
    ".": {
      entry: [
        "scripts/test/flaky-reporter.ts",
        "scripts/{start,test,serve,worker,seed,build-embed,contract-check,exit-with-parent}.ts",
        "sandbox/main.ts",
        "bench/*.ts",
        "embed/{loader,frame,checker}.ts",
        "sandbox/pages/*.css",
        "tests/setup/server-only.ts",
      ],
      project: ["**/*.{ts,tsx,js,mjs,css}", "!public/embed/**"],
      ignore: ["server/hero/generated/**"],
      // Named by the path of a font file.
      ignoreDependencies: ["@fontsource-variable/hanken-grotesk"],
      // The load generator of the measurements comes from the system.
      ignoreBinaries: ["wrk"],
    },
    openapi: {},
  },
};

export default config;
