import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { z } from "zod";

export type Counts = { passed: number; failed: number };

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number().default(0),
  numTodoTests: z.number().default(0),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          meta: z.object({ passedOnRetry: z.boolean().default(false) }).default({
            passedOnRetry: false,
          }),
        }),
      ),
    }),
  ),
});

/**
 * A file that cannot be loaded counts as one failure, and so does a skipped test. A test that passed
 * on a retry counts as passed and is listed; retries happen in CI only.
 */
export function countVitest(file: string): Counts & { flaky: string[] } {
  const report = vitestReport.parse(JSON.parse(readFileSync(file, "utf8")));
  const brokenFiles = report.testResults.filter(
    (result) => result.status === "failed" && result.assertionResults.length === 0,
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numPendingTests + report.numTodoTests + brokenFiles,
    flaky: report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ meta }) => meta.passedOnRetry)
        .map(({ fullName }) => `${relative(process.cwd(), name)}: ${fullName}`),
    ),
  };
}

const playwrightSuite = z.object({
  file: z.string(),
  specs: z.array(z.object({ title: z.string(), tests: z.array(z.object({ status: z.string() })) })),
  get suites() {
    return z.array(playwrightSuite).default([]);
  },
});

const playwrightReport = z.object({
  stats: z.object({
    expected: z.number(),
    unexpected: z.number(),
    flaky: z.number(),
    skipped: z.number(),
  }),
  errors: z.array(z.unknown()).default([]),
  suites: z.array(playwrightSuite).default([]),
});

function listFlaky(suites: z.infer<typeof playwrightSuite>[]): string[] {
  return suites.flatMap(({ file, specs, suites: innerSuites }) => [
    ...specs
      .filter(({ tests }) => tests.some(({ status }) => status === "flaky"))
      .map(({ title }) => `${file}: ${title}`),
    ...listFlaky(innerSuites),
  ]);
}

/** As `countVitest`. */
export function countPlaywright(file: string): Counts & { flaky: string[] } {
  const { stats, errors, suites } = playwrightReport.parse(JSON.parse(readFileSync(file, "utf8")));
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + stats.skipped + errors.length,
    flaky: listFlaky(suites),
  };
}
