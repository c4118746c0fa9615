import "server-only";
import type { Environment } from "../schemas/environments";

/**
 * The queues and the data of their jobs: ids and an account's email address, never a secret or patient
 * data. A job may run twice, because a worker can die before it reports success.
 */
export type JobData = {
  /** Emails a person about their account. The email is chosen when the job runs. */
  "account-mail": { email: string; purpose: "sign_up" | "verify_email" | "reset_password" };
  /** Emails the people who can replace a key that Hero no longer accepts it. */
  "key-rejected-mail": { tenantId: string; environment: Environment; practiceId: string };
  /** Emails the owners that look-ups of a person, API key or file paused: too many matched no patient. */
  "look-up-limit-mail": {
    tenantId: string;
    environment: Environment;
    personId: string;
    bulkUploadId?: string;
    messageBatchId?: string;
  };
  /** Emails the people who can decide a request that needs a second person. */
  "approval-mail": { tenantId: string; environment: Environment; approvalId: string };
  /** Emails the people who manage webhooks that a practice stopped sending them. */
  "silence-mail": { tenantId: string; environment: Environment; practiceId: string };
  /** Every hour: finds practices that have sent no webhooks for an unusual time. */
  "check-silence": Record<string, never>;
  /** Emails the people who can change a destination that it fails, or that it was disabled. */
  "destination-mail": {
    tenantId: string;
    environment: Environment;
    destinationId: string;
    about: "failing" | "disabled";
  };
  /** Once a day: one `test-practice` for every connected practice. */
  "test-all-practices": Record<string, never>;
  /** Tests the connection of one practice. */
  "test-practice": { tenantId: string; environment: Environment; practiceId: string };
  /** Processes rows of a bulk upload for a while, unless another worker holds its lease. */
  "bulk-upload-run": { tenantId: string; environment: Environment; bulkUploadId: string };
  /** Once a minute: one `bulk-upload-run` for every running bulk upload; expired ones are cleared. */
  "bulk-upload-sweep": Record<string, never>;
  /** Every ten minutes: one `refresh-links` for every connected practice. */
  "refresh-all-links": Record<string, never>;
  /** Reads a practice's unresolved merges, links and appointments from Hero. */
  "refresh-links": { tenantId: string; environment: Environment; practiceId: string };
  /** Once a day: one `check-webhooks` for every connected practice. */
  "check-all-webhooks": Record<string, never>;
  /** Compares a practice's webhooks with Hero's list. */
  "check-webhooks": { tenantId: string; environment: Environment; practiceId: string };
  /** Makes a practice's webhooks at Hero equal to what is wanted. */
  "sync-webhooks": {
    tenantId: string;
    environment: Environment;
    practiceId: string;
    isRepair: boolean;
  };
  /** Every hour: tells of links that have expired. */
  "expired-links": Record<string, never>;
  /** Once a day: checks Hero's element scripts for changes. */
  "check-scripts": Record<string, never>;
  /** Once a day: creates partitions ahead and deletes ended sessions and tokens. */
  housekeeping: Record<string, never>;
};

export type QueueName = keyof JobData;

type QueueSettings = {
  retryLimit: number;
  retryDelay: number;
  retryBackoff: boolean;
  expireInSeconds: number;
  /** Minutes and hours are UK time. */
  cron?: string;
  /**
   * Whether a new job wakes the workers. The transaction that adds it then takes a global lock when it commits,
   * so jobs for which nobody waits are found by polling.
   */
  notify?: boolean;
};

/** People wait for these. */
const mailQueue: QueueSettings = {
  retryLimit: 8,
  retryDelay: 5,
  retryBackoff: true,
  expireInSeconds: 60,
  notify: true,
};

export const queues: Record<QueueName, QueueSettings> = {
  "account-mail": mailQueue,
  "key-rejected-mail": mailQueue,
  "look-up-limit-mail": mailQueue,
  "approval-mail": mailQueue,
  "silence-mail": { retryLimit: 8, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  "check-silence": {
    retryLimit: 1,
    retryDelay: 60,
    retryBackoff: false,
    expireInSeconds: 600,
    cron: "25 * * * *",
  },
  "destination-mail": { retryLimit: 8, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  "test-all-practices": {
    retryLimit: 3,
    retryDelay: 60,
    retryBackoff: true,
    expireInSeconds: 300,
    cron: "10 6 * * *",
  },
  "test-practice": { retryLimit: 2, retryDelay: 60, retryBackoff: true, expireInSeconds: 120 },
  // `bulk-upload-sweep` restarts a run that died, so the queue does not retry it.
  "bulk-upload-run": {
    retryLimit: 0,
    retryDelay: 1,
    retryBackoff: false,
    expireInSeconds: 300,
    notify: true,
  },
  "bulk-upload-sweep": {
    retryLimit: 1,
    retryDelay: 5,
    retryBackoff: false,
    expireInSeconds: 60,
    cron: "* * * * *",
  },
  "refresh-all-links": {
    retryLimit: 1,
    retryDelay: 60,
    retryBackoff: false,
    expireInSeconds: 60,
    cron: "*/10 * * * *",
  },
  "refresh-links": { retryLimit: 0, retryDelay: 60, retryBackoff: false, expireInSeconds: 600 },
  "check-all-webhooks": {
    retryLimit: 3,
    retryDelay: 60,
    retryBackoff: true,
    expireInSeconds: 300,
    cron: "50 4 * * *",
  },
  "check-webhooks": { retryLimit: 2, retryDelay: 60, retryBackoff: true, expireInSeconds: 120 },
  "sync-webhooks": { retryLimit: 5, retryDelay: 15, retryBackoff: true, expireInSeconds: 600 },
  "expired-links": {
    retryLimit: 1,
    retryDelay: 60,
    retryBackoff: false,
    expireInSeconds: 600,
    cron: "5 * * * *",
  },
  "check-scripts": {
    retryLimit: 2,
    retryDelay: 60,
    retryBackoff: true,
    expireInSeconds: 300,
    cron: "20 5 * * *",
  },
  housekeeping: {
    retryLimit: 3,
    retryDelay: 60,
    retryBackoff: true,
    expireInSeconds: 300,
    cron: "40 3 * * *",
  },
};

type Concurrency = {
  /** Jobs that one worker process runs at once. */
  total: number;
  /** How many of them may belong to one tenant. */
  perTenant?: number;
};

const defaultConcurrency: Concurrency = { total: 2 };
const concurrencyByQueue: Partial<Record<QueueName, Concurrency>> = {
  // A run waits for Hero most of the time, and each key has a limit of its own.
  "bulk-upload-run": { total: 12, perTenant: 4 },
  "refresh-links": { total: 4, perTenant: 2 },
  "test-practice": { total: 4, perTenant: 2 },
  "check-webhooks": { total: 2, perTenant: 1 },
  "sync-webhooks": { total: 4, perTenant: 2 },
  "key-rejected-mail": { total: 2, perTenant: 1 },
  "look-up-limit-mail": { total: 2, perTenant: 1 },
  "approval-mail": { total: 2, perTenant: 1 },
  "silence-mail": { total: 2, perTenant: 1 },
  "destination-mail": { total: 2, perTenant: 1 },
};

export const concurrencyOf = (name: QueueName) => concurrencyByQueue[name] ?? defaultConcurrency;

/**
 * The group whose jobs share one place in their queue: the tenant, or everyone who is not signed in.
 * Undefined for jobs that go first.
 */
export function groupOf(data: JobData[QueueName]): string | undefined {
  if ("tenantId" in data) return data.tenantId;
  if ("purpose" in data && data.purpose !== "verify_email") return "anonymous";
  return undefined;
}

/** A job without a group, which goes before those with one. */
export const firstPriority = 0;

export const isQueueName = (name: string): name is QueueName => Object.hasOwn(queues, name);

export const queueNames = Object.keys(queues).filter(isQueueName);

export const queueSchema = "pgboss";
