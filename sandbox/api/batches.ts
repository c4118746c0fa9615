import type {
  BatchMessage,
  CreateBatchMessageResponse,
  GetBatchMessageResponse,
  ListBatchMessageRecipientsResponse,
  ListBatchMessageSendsResponse,
  ListBatchMessagesResponse,
  SendBatchMessageResponse,
} from "@/server/hero/generated";
import { z } from "zod";
import {
  batchSends,
  batchStatus,
  createBatch,
  findBatchOfPractice,
  recipientStatus,
  sendBatch,
} from "../state/batches";
import { dispatchAtMs, messageProgress } from "../state/messages";
import type { BatchRecord } from "../state/model";
import type { SandboxState } from "../state/sandbox-state";
import { idField } from "./fields";
import { defineOperation, type OperationCall } from "./operation";
import { paginate } from "./pagination";
import { invalidField, notFound, parseInput, problem } from "./problem";

/** The largest batch is not documented. */
const maxRecipients = 500;

const batchInput = z.object({
  name: z.string().min(1),
  channel: z.enum(["SMS", "EMAIL", "NHS_APP"]),
  subject: z.string().min(1).optional(),
  content: z.string().min(1),
  recipients: z
    .array(
      z.union([
        z.object({ nhs_number: z.string(), dob: z.string().nullable() }),
        z.object({ patient_id: idField }),
      ]),
    )
    .min(1)
    .max(maxRecipients),
});

const channels = { SMS: "sms", EMAIL: "email", NHS_APP: "nhs_app" } as const;
const channelNames = { sms: "SMS", email: "EMAIL", nhs_app: "NHS_APP" } as const;

const statusInput = z.object({
  status: z
    .enum(["CREATED", "ENRICHMENT_ERROR", "ENRICHED", "INVALID_PAYLOAD", "QUEUED"])
    .optional(),
});
const statusOf = ({ query }: OperationCall) =>
  parseInput(statusInput, { status: query.get("status") ?? undefined }).status;

export const batchOperations = [
  defineOperation<CreateBatchMessageResponse>({
    operationId: "createBatchMessage",
    method: "POST",
    path: "/v1/batch_message",
    scope: "messaging",
    handle: ({ sandbox, practice, key, keySuffix, body }) => {
      const input = parseInput(batchInput, body);
      const channel = channels[input.channel];
      if (!practice.capabilities.includes(`${channel}_messaging`)) {
        throw problem(403, `Unauthorised: the practice lacks ${channel}_messaging`);
      }
      if (channel === "email" && input.subject === undefined) {
        throw invalidField(["subject"], "custom", "a subject of the email");
      }
      const batch = createBatch(sandbox, practice, {
        name: input.name,
        channel,
        subject: input.subject ?? null,
        content: input.content,
        submittedBy: `API Partner ${key.partner.toUpperCase()}`,
        keySuffix,
        recipients: input.recipients.map((recipient) =>
          "patient_id" in recipient
            ? { nhsNumber: "", dateOfBirth: "", patientId: recipient.patient_id }
            : {
                nhsNumber: recipient.nhs_number,
                dateOfBirth: (recipient.dob ?? "").slice(0, 10),
                patientId: null,
              },
        ),
      });
      return batchView(sandbox, batch);
    },
  }),
  defineOperation<ListBatchMessagesResponse>({
    operationId: "listBatchMessages",
    method: "GET",
    path: "/v1/batch_message",
    scope: "messaging",
    handle: (call) => {
      const { sandbox, practice, keySuffix, query } = call;
      const status = statusOf(call);
      const own = [...sandbox.batches.values()].filter(
        (batch) =>
          batch.practiceGroupId === practice.practiceGroupId && batch.keySuffix === keySuffix,
      );
      const batches = own.filter(
        (batch) =>
          status === undefined ||
          batch.recipients.some((each) => recipientStatus(sandbox, batch, each) === status),
      );
      return paginate(
        batches.map((batch) => batchView(sandbox, batch)),
        query,
      );
    },
  }),
  defineOperation<GetBatchMessageResponse>({
    operationId: "getBatchMessage",
    method: "GET",
    path: "/v1/batch_message/{id}",
    scope: "messaging",
    handle: (call) => batchView(call.sandbox, requireBatch(call)),
  }),
  defineOperation<SendBatchMessageResponse>({
    operationId: "sendBatchMessage",
    method: "PATCH",
    path: "/v1/batch_message/{id}/send",
    scope: "messaging",
    handle: (call) => {
      sendBatch(call.sandbox, call.practice, requireBatch(call), call.isHalf);
      return {};
    },
  }),
  defineOperation<ListBatchMessageRecipientsResponse>({
    operationId: "listBatchMessageRecipients",
    method: "GET",
    path: "/v1/batch_message/{id}/recipients",
    scope: "messaging",
    handle: (call) => {
      const { sandbox, query } = call;
      const batch = requireBatch(call);
      const status = statusOf(call);
      const recipients = batch.recipients.map((each) => ({
        id: each.id,
        ...(each.nhsNumber === ""
          ? {}
          : { nhs_number: each.nhsNumber, dob: each.dateOfBirth || null }),
        ...(each.patientId !== null && { patient: { id: each.patientId } }),
        status: recipientStatus(sandbox, batch, each),
      }));
      return paginate(
        recipients.filter((each) => status === undefined || each.status === status),
        query,
      );
    },
  }),
  defineOperation<ListBatchMessageSendsResponse>({
    operationId: "listBatchMessageSends",
    method: "GET",
    path: "/v1/batch_message/{id}/messages",
    scope: "messaging",
    handle: (call) => {
      const { sandbox, query } = call;
      statusOf(call);
      const sends = batchSends(sandbox, requireBatch(call)).map((message) => {
        const { status, channel } = messageProgress(message, sandbox.clock.nowMs());
        return {
          id: message.id,
          patient: { id: message.patientId },
          status,
          sent_at: new Date(dispatchAtMs(message)).toISOString(),
          message_type: channel,
        };
      });
      return paginate(sends, query);
    },
  }),
];

function requireBatch({ sandbox, practice, id }: OperationCall): BatchRecord {
  const batch = findBatchOfPractice(sandbox, practice, id);
  if (!batch) throw notFound("Batch message");
  return batch;
}

const batchView = (sandbox: SandboxState, batch: BatchRecord): BatchMessage => ({
  id: batch.id,
  name: batch.name,
  status: batchStatus(sandbox, batch),
  channel: channelNames[batch.channel],
  ...(batch.subject !== null && { subject: batch.subject }),
  content: batch.content,
});
