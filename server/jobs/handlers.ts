import "server-only";
import { NotFoundError } from "../errors";
import { sendAccountMail } from "../services/accounts/account-mail";
import { clearBulk } from "../services/bulk/control";
import { runBulk } from "../services/bulk/run";
import { watchScripts } from "../services/element-scripts/watch";
import { keepHouse, listBulksToTend, listConnectedPractices } from "../services/housekeeping";
import { refreshLinksOfPractice } from "../services/links/refresh";
import { sendKeyRefusedMail } from "../services/practices/key-refused-mail";
import { probePractice } from "../services/practices/probe";
import { openPortalContext } from "../tenancy/context";
import { findEnvironment } from "../tenancy/environments";
import { enqueue } from "./enqueue";
import type { JobData, QueueName } from "./queues";

type Handlers = {
  [Name in QueueName]: (
    data: JobData[Name],
    jobId: string,
    /** Aborted when the worker is asked to stop: long work ends at its next resting place. */
    signal: AbortSignal,
  ) => Promise<unknown>;
};

/** One handler a queue; each does its work through a service and may be run again. */
export const handlers: Handlers = {
  "account-mail": (data) => sendAccountMail(data),

  "key-refused-mail": (data, jobId) =>
    sendKeyRefusedMail(openPortalContext(data, jobId), data.practiceId),

  async "probe-all"() {
    for (const practice of await listConnectedPractices()) {
      // An environment that this installation does not offer any more is left alone.
      if (findEnvironment(practice.environment)) {
        await enqueue("probe-practice", practice, { once: practice.practiceId });
      }
    }
  },

  async "probe-practice"(data, jobId) {
    try {
      await probePractice(openPortalContext(data, jobId), data.practiceId);
    } catch (error) {
      // Disconnected since the job was queued.
      if (!(error instanceof NotFoundError)) throw error;
    }
  },

  async "run-bulk"(data, jobId, signal) {
    const ctx = openPortalContext(data, jobId);
    if ((await runBulk(ctx, data.bulkId, signal)) && !signal.aborted) {
      await enqueue("run-bulk", data);
    }
  },

  async "tend-bulks"(_, jobId) {
    for (const { isOver, ...bulk } of await listBulksToTend()) {
      if (isOver) await clearBulk(openPortalContext(bulk, jobId), bulk.bulkId);
      else if (findEnvironment(bulk.environment)) await enqueue("run-bulk", bulk);
    }
  },

  async "refresh-all"() {
    for (const practice of await listConnectedPractices()) {
      if (findEnvironment(practice.environment)) {
        await enqueue("refresh-links", practice, { once: practice.practiceId });
      }
    }
  },

  async "refresh-links"(data, jobId, signal) {
    await refreshLinksOfPractice(openPortalContext(data, jobId), data.practiceId, signal);
  },

  "watch-scripts": () => watchScripts(),

  housekeeping: () => keepHouse(),
};
