import "server-only";
import { NotFoundError } from "../errors";
import { sendAccountMail } from "../services/accounts/account-mail";
import { expireBulkUpload } from "../services/bulk-uploads/control";
import { runBulkUpload } from "../services/bulk-uploads/run";
import { checkScripts } from "../services/element-scripts/monitor";
import {
  runHousekeeping,
  listBulkUploadsToSweep,
  listConnectedPractices,
} from "../services/housekeeping";
import { refreshLinksOfPractice } from "../services/links/refresh";
import { sendKeyRefusedMail } from "../services/practices/key-refused-mail";
import { testPractice } from "../services/practices/test-connection";
import { createJobContext } from "../tenancy/context";
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
    sendKeyRefusedMail(createJobContext(data, jobId), data.practiceId),

  async "probe-all"() {
    for (const practice of await listConnectedPractices()) {
      // An environment that this installation does not offer any more is left alone.
      if (findEnvironment(practice.environment)) {
        await enqueue("probe-practice", practice, { dedupeKey: practice.practiceId });
      }
    }
  },

  async "probe-practice"(data, jobId) {
    try {
      await testPractice(createJobContext(data, jobId), data.practiceId);
    } catch (error) {
      // Disconnected since the job was queued.
      if (!(error instanceof NotFoundError)) throw error;
    }
  },

  async "run-bulk"(data, jobId, signal) {
    const ctx = createJobContext(data, jobId);
    if ((await runBulkUpload(ctx, data.bulkUploadId, signal)) && !signal.aborted) {
      await enqueue("run-bulk", data);
    }
  },

  async "tend-bulks"(_, jobId) {
    for (const { isExpired, ...bulkUpload } of await listBulkUploadsToSweep()) {
      if (isExpired)
        await expireBulkUpload(createJobContext(bulkUpload, jobId), bulkUpload.bulkUploadId);
      else if (findEnvironment(bulkUpload.environment)) await enqueue("run-bulk", bulkUpload);
    }
  },

  async "refresh-all"() {
    for (const practice of await listConnectedPractices()) {
      if (findEnvironment(practice.environment)) {
        await enqueue("refresh-links", practice, { dedupeKey: practice.practiceId });
      }
    }
  },

  async "refresh-links"(data, jobId, signal) {
    await refreshLinksOfPractice(createJobContext(data, jobId), data.practiceId, signal);
  },

  "watch-scripts": () => checkScripts(),

  housekeeping: () => runHousekeeping(),
};
