import "server-only";
import { randomUUID } from "node:crypto";
import { describeError, log } from "../log";
import { gatherDeliveries } from "../services/webhooks/gather";
import { listWebhookWork, type WebhookWork } from "../services/webhooks/list-work";
import { processNextObject } from "../services/webhooks/process";
import { createJobContext } from "../tenancy/job";

/** The deliveries' table is the queue: there is no job and no notification for a delivery. */
const pollMs = 500;
const maxPollMs = 2_000;
const busyPollMs = 100;

const maxGathersAtOnce = 4;
/** A lane reads one practice's objects one by one, and mostly waits for Hero. */
const maxLanes = 24;
const maxLanesPerTenant = 6;
/** Then another practice has a turn. */
const laneMs = 10_000;

type PracticeWork = WebhookWork & { practiceId: string };

const laneKey = ({ tenantId, environment, practiceId }: PracticeWork) =>
  `${tenantId}/${environment}/${practiceId}`;

/** Which practices this process works on, and since when the others wait. */
class Lanes {
  private readonly running = new Map<string, { tenantId: string; done: Promise<void> }>();
  private readonly lastEnds = new Map<string, number>();

  constructor(private readonly signal: AbortSignal) {}

  get isIdle(): boolean {
    return this.running.size === 0;
  }

  /** Starts lanes for the practices whose tenant has the fewest, and of those whose last turn was first. */
  start(practices: readonly PracticeWork[]): void {
    const waiting = practices.filter((practice) => !this.running.has(laneKey(practice)));
    const keys = new Set(waiting.map(laneKey));
    for (const key of this.lastEnds.keys()) if (!keys.has(key)) this.lastEnds.delete(key);
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
        const ctx = createJobContext(practice, randomUUID());
        if ((await processNextObject(ctx, practice.practiceId)) !== "processed") break;
      }
    } catch (error) {
      log("error", "webhook lane failed", {
        tenantId: practice.tenantId,
        ...describeError(error),
      });
    }
  }
}

async function gatherAll(scopes: readonly WebhookWork[]): Promise<void> {
  const queue = [...scopes];
  const gatherNext = async (): Promise<void> => {
    for (let scope = queue.shift(); scope; scope = queue.shift()) {
      try {
        await gatherDeliveries(createJobContext(scope, randomUUID()));
      } catch (error) {
        log("error", "webhook gathering failed", {
          tenantId: scope.tenantId,
          ...describeError(error),
        });
      }
    }
  };
  await Promise.all(Array.from({ length: maxGathersAtOnce }, gatherNext));
}

const hasPractice = (work: WebhookWork): work is PracticeWork => work.practiceId !== null;

/** One round. @returns whether there was anything to do */
async function runRound(lanes: Lanes): Promise<boolean> {
  const work = await listWebhookWork();
  const scopes = work.filter((each) => !hasPractice(each));
  await gatherAll(scopes);
  const current = scopes.length > 0 ? await listWebhookWork() : work;
  lanes.start(current.filter(hasPractice));
  return current.length > 0 || !lanes.isIdle;
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

/**
 * Processes webhooks until the signal: each round gathers a part of each scope's deliveries, then starts
 * lanes for practices with objects to read. Several workers may run it at once.
 */
export async function runWebhookLoop(signal: AbortSignal): Promise<void> {
  const lanes = new Lanes(signal);
  let delayMs = pollMs;
  while (!signal.aborted) {
    try {
      delayMs = (await runRound(lanes)) ? busyPollMs : Math.min(delayMs * 1.5, maxPollMs);
      if (delayMs > busyPollMs) delayMs = Math.max(delayMs, pollMs);
    } catch (error) {
      log("warn", "webhook loop failed", describeError(error));
      delayMs = maxPollMs;
    }
    await sleep(delayMs, signal);
  }
  await lanes.stop();
}
