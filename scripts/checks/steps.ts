import type { Counts } from "./reports";

export type Outcome = Counts & {
  /** Shown only when something failed. */
  output: string;
};

export type Step = {
  name: string;
  /** Steps that must have passed before; when one did not, this one counts as failed. */
  needs?: string[];
  run: () => Promise<Outcome>;
};

type Report = (name: string, seconds: number, outcome: Outcome) => void;

/**
 * Runs the steps in the given order, so many at a time, each as soon as what it needs has passed.
 * A step that throws, or that cannot run because of another, counts as one failure.
 */
export async function runSteps(
  steps: Step[],
  concurrency: number,
  report: Report,
): Promise<Counts> {
  const totals: Counts = { passed: 0, failed: 0 };
  const hasPassedByStep = new Map<string, boolean>();
  const pending = [...steps];
  const running = new Set<Promise<void>>();

  const recordOutcome = (step: Step, startedAt: number, outcome: Outcome) => {
    hasPassedByStep.set(step.name, outcome.failed === 0);
    totals.passed += outcome.passed;
    totals.failed += outcome.failed;
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
      const output = `Could not run, because of: ${failedDependency}`;
      recordOutcome(step, performance.now(), { passed: 0, failed: 1, output });
    }
  };

  while (pending.length > 0 || running.size > 0) {
    failBlockedSteps();
    const next = pending.find((step) =>
      (step.needs ?? []).every((name) => hasPassedByStep.get(name)),
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
      throw new Error(`Steps wait for each other: ${pending.map((step) => step.name).join(", ")}`);
    }
  }
  return totals;
}

const isBlocked = (step: Step, hasPassedByStep: Map<string, boolean>) =>
  (step.needs ?? []).some((name) => hasPassedByStep.get(name) === false);
