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
import { sendKeyRejectedMail } from "../services/practices/key-rejected-mail";
import { testPractice } from "../services/practices/test-connection";
import { createJobContext } from "../tenancy/job";
import { findEnvironment } from "../tenancy/environments";
import { enqueue } from "../queue/enqueue";
import type { JobData, QueueName } from "../queue/queues";

type Handlers = {
  [Name in QueueName]: (
    data: JobData[Name],
    jobId: string,
    /** Aborted when the worker stops: long jobs end at their next safe point. */
    signal: AbortSignal,
  ) => Promise<unknown>;
};

/** One handler for each queue. Each calls a service and may run twice. */
export const handlers: Handlers = {
  "account-mail": (data) => sendAccountMail(data),

  "key-rejected-mail": (data, jobId) =>
    sendKeyRejectedMail(createJobContext(data, jobId), data.practiceId),

  async "test-all-practices"() {
    for (const practice of await listConnectedPractices()) {
      // Skip environments that this installation no longer offers.
      if (findEnvironment(practice.environment)) {
        await enqueue("test-practice", practice, { dedupeKey: practice.practiceId });
      }
    }
  },

  async "test-practice"(data, jobId) {
    try {
      await testPractice(createJobContext(data, jobId), data.practiceId);
    } catch (error) {
      // Disconnected after the job was queued.
      if (!(error instanceof NotFoundError)) throw error;
    }
  },

  async "bulk-upload-run"(data, jobId, signal) {
    const ctx = createJobContext(data, jobId);
    if ((await runBulkUpload(ctx, data.bulkUploadId, signal)) && !signal.aborted) {
      await enqueue("bulk-upload-run", data);
    }
  },

  async "bulk-upload-sweep"(_, jobId) {
    for (const { isExpired, ...bulkUpload } of await listBulkUploadsToSweep()) {
      if (isExpired)
        await expireBulkUpload(createJobContext(bulkUpload, jobId), bulkUpload.bulkUploadId);
      else if (findEnvironment(bulkUpload.environment))
        await enqueue("bulk-upload-run", bulkUpload);
    }
  },

  async "refresh-all-links"() {
    for (const practice of await listConnectedPractices()) {
      if (findEnvironment(practice.environment)) {
        await enqueue("refresh-links", practice, { dedupeKey: practice.practiceId });
      }
    }
  },

  async "refresh-links"(data, jobId, signal) {
    await refreshLinksOfPractice(createJobContext(data, jobId), data.practiceId, signal);
  },

  "check-scripts": () => checkScripts(),

  housekeeping: () => runHousekeeping(),
};
