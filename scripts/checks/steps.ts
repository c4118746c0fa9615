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
export async function runSteps(steps: Step[], atOnce: number, report: Report): Promise<Counts> {
  const total: Counts = { passed: 0, failed: 0 };
  const ended = new Map<string, boolean>();
  const waiting = [...steps];
  const running = new Set<Promise<void>>();

  const settle = (step: Step, startedAt: number, outcome: Outcome) => {
    ended.set(step.name, outcome.failed === 0);
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    report(step.name, (performance.now() - startedAt) / 1000, outcome);
  };
  const runOne = async (step: Step) => {
    const startedAt = performance.now();
    const outcome = await step.run().catch(
      (error: unknown): Outcome => ({
        passed: 0,
        failed: 1,
        output: error instanceof Error ? error.message : String(error),
      }),
    );
    settle(step, startedAt, outcome);
  };
  const dropBlocked = () => {
    for (const step of [...waiting]) {
      const broken = step.needs?.find((name) => ended.get(name) === false);
      if (broken === undefined) continue;
      waiting.splice(waiting.indexOf(step), 1);
      const output = `Could not run, because of: ${broken}`;
      settle(step, performance.now(), { passed: 0, failed: 1, output });
    }
  };

  while (waiting.length > 0 || running.size > 0) {
    dropBlocked();
    const next = waiting.find((step) => (step.needs ?? []).every((name) => ended.get(name)));
    if (next && running.size < atOnce) {
      waiting.splice(waiting.indexOf(next), 1);
      const work: Promise<void> = runOne(next).finally(() => running.delete(work));
      running.add(work);
    } else if (running.size > 0) {
      await Promise.race(running);
    } else if (!next && waiting.length > 0 && !waiting.some((step) => isBlocked(step, ended))) {
      throw new Error(`Steps wait for each other: ${waiting.map((step) => step.name).join(", ")}`);
    }
  }
  return total;
}

const isBlocked = (step: Step, ended: Map<string, boolean>) =>
  (step.needs ?? []).some((name) => ended.get(name) === false);
