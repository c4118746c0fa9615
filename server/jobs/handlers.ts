import "server-only";
import { NotFoundError } from "../errors";
import { sendAccountMail } from "../services/accounts/account-mail";
import { refreshAppointmentsOfPractice } from "../services/appointments/refresh";
import { sendApprovalMail } from "../services/approvals/mail";
import { expireBulkUpload } from "../services/bulk-uploads/control";
import { runBulkUpload } from "../services/bulk-uploads/run";
import { sendDestinationMail } from "../services/destinations/mail";
import { checkScripts } from "../services/element-scripts/monitor";
import {
  runHousekeeping,
  listBulkUploadsToSweep,
  listConnectedPractices,
  listScopes,
} from "../services/housekeeping";
import { recordExpiredLinks } from "../services/links/expire";
import { refreshLinksOfPractice, resolveLinksOfPractice } from "../services/links/refresh";
import { resolveMergesOfPractice } from "../services/merges/resolve";
import { sendLookupLimitMail } from "../services/patients/lookup-limit-mail";
import { sendKeyRejectedMail } from "../services/practices/key-rejected-mail";
import { testPractice } from "../services/practices/test-connection";
import { checkWebhooks, continueWebhooks, syncIfConnected } from "../services/webhooks/jobs";
import { rereadLinkAppointments } from "../services/webhooks/reread";
import { checkSilence, sendSilenceMail } from "../services/webhooks/silence";
import { createJobContext } from "../tenancy/job";
import { findEnvironment } from "../tenancy/environments";
import { enqueue, enqueueUnlessWaiting } from "../queue/enqueue";
import type { JobData, QueueName } from "../queue/queues";

type Handlers = {
  [Name in QueueName]: (
    data: JobData[Name],
    jobId: string,
    /** Aborted when the worker stops: long jobs end at their next safe point. */
    signal: AbortSignal,
  ) => Promise<unknown>;
};

async function enqueueForAllPractices(
  name: "test-practice" | "refresh-links" | "check-webhooks",
): Promise<void> {
  const enqueuedByTenant = new Map<string, number>();
  for (const practice of await listConnectedPractices()) {
    // Skip environments that this installation no longer offers.
    if (!findEnvironment(practice.environment)) continue;
    const jobsAhead = enqueuedByTenant.get(practice.tenantId) ?? 0;
    enqueuedByTenant.set(practice.tenantId, jobsAhead + 1);
    await enqueue(name, practice, { dedupeKey: practice.practiceId, jobsAhead });
  }
}

/** One handler for each queue. Each calls a service and may run twice. */
export const handlers: Handlers = {
  "account-mail": (data) => sendAccountMail(data),

  "key-rejected-mail": (data, jobId) =>
    sendKeyRejectedMail(createJobContext(data, jobId), data.practiceId),

  "look-up-limit-mail": (data, jobId) => sendLookupLimitMail(createJobContext(data, jobId), data),

  "approval-mail": (data, jobId) =>
    sendApprovalMail(createJobContext(data, jobId), data.approvalId),

  "silence-mail": (data, jobId) => sendSilenceMail(createJobContext(data, jobId), data.practiceId),

  async "check-silence"(_, jobId) {
    for (const practice of await listConnectedPractices()) {
      if (findEnvironment(practice.environment))
        await checkSilence(createJobContext(practice, jobId), practice.practiceId);
    }
  },

  "destination-mail": (data, jobId) => sendDestinationMail(createJobContext(data, jobId), data),

  "test-all-practices": () => enqueueForAllPractices("test-practice"),

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
      await enqueueUnlessWaiting("bulk-upload-run", data, data.bulkUploadId);
    }
  },

  async "bulk-upload-sweep"(_, jobId) {
    for (const { isExpired, ...bulkUpload } of await listBulkUploadsToSweep()) {
      if (isExpired)
        await expireBulkUpload(createJobContext(bulkUpload, jobId), bulkUpload.bulkUploadId);
      else if (findEnvironment(bulkUpload.environment))
        await enqueueUnlessWaiting("bulk-upload-run", bulkUpload, bulkUpload.bulkUploadId);
    }
  },

  "refresh-all-links": () => enqueueForAllPractices("refresh-links"),

  async "refresh-links"(data, jobId, signal) {
    const ctx = createJobContext(data, jobId);
    await resolveMergesOfPractice(ctx, data.practiceId, signal);
    await refreshAppointmentsOfPractice(ctx, data.practiceId, signal);
    await rereadLinkAppointments(ctx, data.practiceId);
    await resolveLinksOfPractice(ctx, data.practiceId, signal);
    await refreshLinksOfPractice(ctx, data.practiceId, signal);
    await continueWebhooks(ctx, data.practiceId);
  },

  "check-all-webhooks": () => enqueueForAllPractices("check-webhooks"),

  "check-webhooks": (data, jobId) => checkWebhooks(createJobContext(data, jobId), data.practiceId),

  "sync-webhooks": (data, jobId) => syncIfConnected(createJobContext(data, jobId), data),

  async "expired-links"(_, jobId) {
    for (const scope of await listScopes())
      await recordExpiredLinks(createJobContext(scope, jobId));
  },

  "check-scripts": () => checkScripts(),

  housekeeping: () => runHousekeeping(),
};
