import "server-only";
import { describeError, log } from "../log";
import type { Environment } from "../schemas/environments";

/** A lane works on one practice, step by step, and mostly waits for Hero. */
const maxLanes = 24;
const maxLanesPerTenant = 6;
/** Then another practice has a turn. */
const laneMs = 10_000;
/** How long a practice rests whose key is busy, or for which Hero is not available. */
const restMs = 1_000;

/** What a lane does after a step: the next one, nothing more, or nothing for a second. */
export type LaneStep = "next" | "done" | "rest";

export type PracticeWork = { tenantId: string; environment: Environment; practiceId: string };

const laneKey = ({ tenantId, environment, practiceId }: PracticeWork) =>
  `${tenantId}/${environment}/${practiceId}`;

/** Which practices this process works on, and since when the others wait. */
export class Lanes {
  private readonly running = new Map<string, { tenantId: string; done: Promise<void> }>();
  private readonly lastEnds = new Map<string, number>();
  private readonly restsUntil = new Map<string, number>();

  /**
   * @param name what the lanes do, for the log
   * @param step one step for a practice
   */
  constructor(
    private readonly name: string,
    private readonly step: (practice: PracticeWork) => Promise<LaneStep>,
    private readonly signal: AbortSignal,
  ) {}

  get isIdle(): boolean {
    return this.running.size === 0;
  }

  /** Starts lanes for the practices whose tenant has the fewest, and of those whose last turn was first. */
  start(practices: readonly PracticeWork[]): void {
    const now = performance.now();
    for (const [key, until] of this.restsUntil) if (until <= now) this.restsUntil.delete(key);
    const idle = practices.filter((practice) => !this.running.has(laneKey(practice)));
    const keys = new Set(idle.map(laneKey));
    for (const key of this.lastEnds.keys()) if (!keys.has(key)) this.lastEnds.delete(key);
    const waiting = idle.filter((practice) => !this.restsUntil.has(laneKey(practice)));
    while (waiting.length > 0 && this.running.size < maxLanes && !this.signal.aborted) {
      const [next] = waiting.toSorted(
        (a, b) => this.countOf(a) - this.countOf(b) || this.lastEnd(a) - this.lastEnd(b),
      );
      if (!next || this.countOf(next) >= maxLanesPerTenant) return;
      waiting.splice(waiting.indexOf(next), 1);
      const key = laneKey(next);
      const done = this.run(next).finally(() => {
        this.running.delete(key);
        this.lastEnds.set(key, performance.now());
      });
      this.running.set(key, { tenantId: next.tenantId, done });
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map(({ done }) => done));
  }

  private countOf({ tenantId }: PracticeWork): number {
    return [...this.running.values()].filter((lane) => lane.tenantId === tenantId).length;
  }

  private lastEnd(practice: PracticeWork): number {
    return this.lastEnds.get(laneKey(practice)) ?? 0;
  }

  private async run(practice: PracticeWork): Promise<void> {
    const endsAt = performance.now() + laneMs;
    try {
      while (!this.signal.aborted && performance.now() < endsAt) {
        const next = await this.step(practice);
        if (next === "rest") this.restsUntil.set(laneKey(practice), performance.now() + restMs);
        if (next !== "next") break;
      }
    } catch (error) {
      log("error", `${this.name} lane failed`, {
        tenantId: practice.tenantId,
        ...describeError(error),
      });
    }
  }
}

/** Waits, at most until the signal. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
  });
}

const pollMs = 500;
const maxPollMs = 2_000;
const busyPollMs = 100;

/**
 * Repeats rounds until the signal: soon after one that had something to do, and less often while there is
 * nothing.
 *
 * @param round returns whether there was anything to do
 */
export async function poll(
  name: string,
  round: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  let delayMs = pollMs;
  while (!signal.aborted) {
    try {
      delayMs = (await round()) ? busyPollMs : Math.min(delayMs * 1.5, maxPollMs);
      if (delayMs > busyPollMs) delayMs = Math.max(delayMs, pollMs);
    } catch (error) {
      log("warn", `${name} loop failed`, describeError(error));
      delayMs = maxPollMs;
    }
    await sleep(delayMs, signal);
  }
}
