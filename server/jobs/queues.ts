import "server-only";
import type { Environment } from "../schemas/environments";

/**
 * The queues and what a job of each carries: ids and an account's own address, never a secret, never
 * patient data. Jobs may run twice (a worker died before it could say "done"), so each is re-runnable.
 */
export type JobData = {
  /** Writes to a person about their own account; what exactly is decided when it runs. */
  "account-mail": { email: string; purpose: "sign_up" | "verify_email" | "reset_password" };
  /** Tells the people who can replace a key that Hero no longer accepts it. */
  "key-refused-mail": { tenantId: string; environment: Environment; practiceId: string };
  /** Once a day: one `probe-practice` for every connected practice. */
  "probe-all": Record<string, never>;
  /** Asks Hero whether a practice's key still works. */
  "probe-practice": { tenantId: string; environment: Environment; practiceId: string };
  /** Works on a bulk for a while, unless another worker has it. */
  "run-bulk": { tenantId: string; environment: Environment; bulkUploadId: string };
  /** Once a minute: one `run-bulk` for every bulk that runs, and an end to those whose time is over. */
  "tend-bulks": Record<string, never>;
  /** Every ten minutes: one `refresh-links` for every connected practice. */
  "refresh-all": Record<string, never>;
  /** Reads a practice's links from Hero, most recently used first. */
  "refresh-links": { tenantId: string; environment: Environment; practiceId: string };
  /** Once a day: looks at Hero's scripts for elements. */
  "watch-scripts": Record<string, never>;
  /** Once a day: partitions ahead, ended sessions and tokens away. */
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
};

export const queues: Record<QueueName, QueueSettings> = {
  "account-mail": { retryLimit: 8, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  "key-refused-mail": { retryLimit: 8, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  "probe-all": {
    retryLimit: 3,
    retryDelay: 60,
    retryBackoff: true,
    expireInSeconds: 300,
    cron: "10 6 * * *",
  },
  "probe-practice": { retryLimit: 2, retryDelay: 60, retryBackoff: true, expireInSeconds: 120 },
  // A run that dies is taken up by `tend-bulks`; the queue itself need not try again.
  "run-bulk": { retryLimit: 0, retryDelay: 1, retryBackoff: false, expireInSeconds: 300 },
  "tend-bulks": {
    retryLimit: 1,
    retryDelay: 5,
    retryBackoff: false,
    expireInSeconds: 60,
    cron: "* * * * *",
  },
  "refresh-all": {
    retryLimit: 1,
    retryDelay: 60,
    retryBackoff: false,
    expireInSeconds: 60,
    cron: "*/10 * * * *",
  },
  "refresh-links": { retryLimit: 0, retryDelay: 60, retryBackoff: false, expireInSeconds: 600 },
  "watch-scripts": {
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

export const queueNames = Object.keys(queues) as QueueName[];
export const queueSchema = "pgboss";
