import "server-only";
import { NotFoundError } from "../errors";
import { sendAccountMail } from "../services/accounts/account-mail";
import { keepHouse, listConnectedPractices } from "../services/housekeeping";
import { sendKeyRefusedMail } from "../services/practices/key-refused-mail";
import { probePractice } from "../services/practices/probe";
import { openPortalContext } from "../tenancy/context";
import { findEnvironment } from "../tenancy/environments";
import { enqueue } from "./enqueue";
import type { JobData, QueueName } from "./queues";

type Handlers = {
  [Name in QueueName]: (data: JobData[Name], jobId: string) => Promise<unknown>;
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

  housekeeping: () => keepHouse(),
};
