import type { Reporter, TestCase } from "vitest/node";

/** Marks a test that passed on a retry, for `countVitest`: the JSON report does not say so itself. */
export default class FlakyReporter implements Reporter {
  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky) Object.assign(test.meta(), { passedOnRetry: true });
  }
}
