import "server-only";
import { randomUUID } from "node:crypto";
import { describeError, log } from "../log";
import { reopenExpiredBatches } from "../services/message-batches/approve";
import { checkNextRecipients } from "../services/message-batches/check";
import { eraseBatchTexts } from "../services/message-batches/erase";
import { advanceReminders } from "../services/message-batches/reminders";
import { advanceBatches } from "../services/message-batches/slices";
import { eraseTexts } from "../services/messages/erase";
import { listMessageWork, type MessageWork } from "../services/messages/list-due";
import { readNextMessage, resolveLostMessages } from "../services/messages/read-back";
import { releaseNextMessage } from "../services/messages/release";
import { createJobContext } from "../tenancy/job";
import { Lanes, type LaneStep, poll, type PracticeWork } from "./lanes";

/** The messages' table is the queue: there is no job for a message. */

const hasPractice = (work: MessageWork): work is PracticeWork => work.practiceId !== null;

/** Messages of a practice that are released at once. Its key's limiter still has the last word. */
const maxAtOnce = 4;
/** Then other work of the practice has a turn, such as the next messages of a batch. */
const maxInTurn = 10;

type Released = Awaited<ReturnType<typeof releaseNextMessage>>;

async function releaseOneByOne(practice: PracticeWork): Promise<Released> {
  for (let count = 0; count < maxInTurn; count += 1) {
    const ctx = createJobContext(practice, randomUUID());
    const released = await releaseNextMessage(ctx, practice.practiceId);
    if (released === "stopped" || (released === "none" && count === 0)) return released;
    if (released === "none") break;
  }
  return "released";
}

/** One step for a practice: new messages go before those that are read again. */
async function workOnNext(practice: PracticeWork): Promise<LaneStep> {
  const ctx = createJobContext(practice, randomUUID());
  const { practiceId } = practice;
  await resolveLostMessages(ctx, practiceId);
  await advanceBatches(ctx, practiceId);
  await advanceReminders(ctx, practiceId);
  const turns = Array.from({ length: maxAtOnce }, () => releaseOneByOne(practice));
  const released = await Promise.all(turns);
  if (released.includes("stopped")) return "rest";
  if (released.includes("released")) return "next";
  // Both in turn: the check of a large batch takes an hour.
  const checked = await checkNextRecipients(ctx, practiceId);
  const read = await readNextMessage(ctx, practiceId);
  if (read === "none" && checked === "none") return "done";
  return read === "read" || checked === "checked" ? "next" : "rest";
}

async function eraseAll(scopes: readonly MessageWork[]): Promise<void> {
  for (const scope of scopes) {
    try {
      const ctx = createJobContext(scope, randomUUID());
      await eraseTexts(ctx);
      await eraseBatchTexts(ctx);
      await reopenExpiredBatches(ctx);
    } catch (error) {
      log("error", "message texts not erased", {
        tenantId: scope.tenantId,
        ...describeError(error),
      });
    }
  }
}

/** One round. @returns whether there was anything to do */
async function runRound(lanes: Lanes): Promise<boolean> {
  const work = await listMessageWork();
  lanes.start(work.filter(hasPractice));
  await eraseAll(work.filter((each) => !hasPractice(each)));
  return work.length > 0 || !lanes.isIdle;
}

/**
 * Sends and follows messages until the signal. Several workers may run it at once: each message is claimed
 * before its one call.
 */
export async function runMessageLoop(signal: AbortSignal): Promise<void> {
  const lanes = new Lanes("message", workOnNext, signal);
  await poll("message", () => runRound(lanes), signal);
  await lanes.stop();
}
