import "server-only";
import type { Environment } from "../schemas/environments";

/**
 * The queues and what a job of each carries: ids and an account's own address, never a secret, never
 * patient data. Jobs may run twice (a worker died before it could say "done"), so each is re-runnable.
 */
export type JobData = {
  /** Writes to a person about their own account; what exactly is decided when it runs. */
  "account-mail": { email: string; about: "sign_up" | "verify_email" | "reset_password" };
  /** Tells the people who can replace a key that Hero no longer accepts it. */
  "key-refused-mail": { tenantId: string; environment: Environment; practiceId: string };
  /** Once a day: one `probe-practice` for every connected practice. */
  "probe-all": Record<string, never>;
  /** Asks Hero whether a practice's key still works. */
  "probe-practice": { tenantId: string; environment: Environment; practiceId: string };
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
