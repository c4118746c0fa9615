import type { Counts } from "./reports";

export type Outcome = Counts & {
  /** Shown only when something failed. */
  output: string;
  /** Tests that passed on a retry. */
  flaky?: string[];
};

export type Step = {
  name: string;
  /** Steps that must pass first; if one fails, this one counts as failed. */
  needs?: string[];
  /** Steps that must end first, whatever their result. */
  after?: string[];
  run: () => Promise<Outcome>;
};

type Report = (name: string, seconds: number, outcome: Outcome) => void;

/**
 * Runs the steps in order, at most `concurrency` at a time, each once the steps it needs have passed.
 * A step that throws, or that cannot run because another failed, counts as one failure.
 */
export async function runSteps(
  steps: Step[],
  concurrency: number,
  report: Report,
): Promise<Counts & { flaky: string[] }> {
  const totals = { passed: 0, failed: 0, flaky: new Array<string>() };
  const hasPassedByStep = new Map<string, boolean>();
  const pending = [...steps];
  const running = new Set<Promise<void>>();

  const recordOutcome = (step: Step, startedAt: number, outcome: Outcome) => {
    hasPassedByStep.set(step.name, outcome.failed === 0);
    totals.passed += outcome.passed;
    totals.failed += outcome.failed;
    totals.flaky.push(...(outcome.flaky ?? []));
    report(step.name, (performance.now() - startedAt) / 1000, outcome);
  };
  const runStep = async (step: Step) => {
    const startedAt = performance.now();
    const outcome = await step.run().catch(
      (error: unknown): Outcome => ({
        passed: 0,
        failed: 1,
        output: error instanceof Error ? error.message : String(error),
      }),
    );
    recordOutcome(step, startedAt, outcome);
  };
  const failBlockedSteps = () => {
    for (const step of [...pending]) {
      const failedDependency = step.needs?.find((name) => hasPassedByStep.get(name) === false);
      if (failedDependency === undefined) continue;
      pending.splice(pending.indexOf(step), 1);
      const output = `Not run: "${failedDependency}" failed.`;
      recordOutcome(step, performance.now(), { passed: 0, failed: 1, output });
    }
  };

  while (pending.length > 0 || running.size > 0) {
    failBlockedSteps();
    const next = pending.find(
      ({ needs = [], after = [] }) =>
        needs.every((name) => hasPassedByStep.get(name)) &&
        after.every((name) => hasPassedByStep.has(name)),
    );
    if (next && running.size < concurrency) {
      pending.splice(pending.indexOf(next), 1);
      const promise: Promise<void> = runStep(next).finally(() => running.delete(promise));
      running.add(promise);
    } else if (running.size > 0) {
      await Promise.race(running);
    } else if (
      !next &&
      pending.length > 0 &&
      !pending.some((step) => isBlocked(step, hasPassedByStep))
    ) {
      throw new Error(
        `These steps need each other: ${pending.map((step) => step.name).join(", ")}`,
      );
    }
  }
  return totals;
}

const isBlocked = (step: Step, hasPassedByStep: Map<string, boolean>) =>
  (step.needs ?? []).some((name) => hasPassedByStep.get(name) === false);
