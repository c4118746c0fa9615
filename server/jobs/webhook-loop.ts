import "server-only";
import { randomUUID } from "node:crypto";
import { describeError, log } from "../log";
import { gatherDeliveries } from "../services/webhooks/gather";
import { listWebhookWork, type WebhookWork } from "../services/webhooks/list-work";
import { processNextObject } from "../services/webhooks/process";
import { createJobContext } from "../tenancy/job";
import { Lanes, type LaneStep, poll, type PracticeWork } from "./lanes";

/** The deliveries' table is the queue: there is no job and no notification for a delivery. */
const maxGathersAtOnce = 4;

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

async function processNext(practice: PracticeWork): Promise<LaneStep> {
  const ctx = createJobContext(practice, randomUUID());
  const processed = await processNextObject(ctx, practice.practiceId);
  if (processed === "none") return "done";
  return processed === "processed" ? "next" : "rest";
}

/** One round. @returns whether there was anything to do */
async function runRound(lanes: Lanes): Promise<boolean> {
  const work = await listWebhookWork();
  const scopes = work.filter((each) => !hasPractice(each));
  await gatherAll(scopes);
  const current = scopes.length > 0 ? await listWebhookWork() : work;
  lanes.start(current.filter(hasPractice));
  return current.length > 0 || !lanes.isIdle;
}

/**
 * Processes webhooks until the signal: each round gathers a part of each scope's deliveries, then starts
 * lanes for practices with objects to read. Several workers may run it at once.
 */
export async function runWebhookLoop(signal: AbortSignal): Promise<void> {
  const lanes = new Lanes("webhook", processNext, signal);
  await poll("webhook", () => runRound(lanes), signal);
  await lanes.stop();
}
