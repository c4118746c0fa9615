import { randomUUID } from "node:crypto";
import type { z } from "zod";
import {
  addMessageRecipientsInput,
  createMessageBatchInput,
  type MessageBatchView,
} from "@/server/schemas/message-batches";
import { addMessageRecipients } from "@/server/services/message-batches/add-recipients";
import { checkNextRecipients } from "@/server/services/message-batches/check";
import { createMessageBatch } from "@/server/services/message-batches/create";
import { getMessageBatch } from "@/server/services/message-batches/read";
import { checkMessageBatch } from "@/server/services/message-batches/request-check";
import { createPatientCase } from "../../support/hero";
import { jobContext, type MessagePractice, superuser } from "../messages/support";

export type RecipientRow = Omit<
  z.input<typeof addMessageRecipientsInput>["rows"][number],
  "rowNumber"
>;

export type BatchChanges = Partial<z.input<typeof createMessageBatchInput>>;

export const batchInput = ({ practiceId }: MessagePractice, changes: BatchChanges = {}) =>
  createMessageBatchInput.parse({
    operationId: randomUUID(),
    name: "Flu clinic",
    practiceId,
    channel: "sms",
    text: "Dear {{first_name}}, please ring us.",
    rowCount: 1,
    ...changes,
  });

/** A batch with recipients in rows from 2 on, as those of a spreadsheet with headings. */
export async function createBatch(
  practice: MessagePractice,
  recipients: readonly RecipientRow[],
  changes: BatchChanges = {},
): Promise<MessageBatchView> {
  const { ctx } = practice;
  const { id } = await createMessageBatch(
    ctx,
    batchInput(practice, { rowCount: recipients.length, ...changes }),
  );
  return addMessageRecipients(
    ctx,
    addMessageRecipientsInput.parse({
      batchId: id,
      rows: recipients.map((recipient, index) => ({ rowNumber: index + 2, ...recipient })),
    }),
  );
}

/** Checks what can be checked now, as one worker does. */
export async function runChecks(practice: MessagePractice, now?: () => Date): Promise<void> {
  const ctx = jobContext(practice);
  while ((await checkNextRecipients(ctx, practice.practiceId, now)) === "checked") {
    // The next ones.
  }
}

/** Checks everything, also who got no answer in time from a busy sandbox: as a worker does half a minute later. */
export async function completeChecks(practice: MessagePractice): Promise<void> {
  for (const seconds of [0, 30, 60]) {
    await runChecks(practice, () => new Date(Date.now() + seconds * 1_000));
  }
}

/** Requests the check of a batch and does it. */
export async function checkBatch(
  practice: MessagePractice,
  { id }: { id: string },
): Promise<MessageBatchView> {
  await checkMessageBatch(practice.ctx, { batchId: id });
  await completeChecks(practice);
  return getMessageBatch(practice.ctx, { batchId: id });
}

/** A batch that was checked. */
export const createCheckedBatch = async (
  practice: MessagePractice,
  recipients: readonly RecipientRow[],
  changes: BatchChanges = {},
): Promise<MessageBatchView> =>
  checkBatch(practice, await createBatch(practice, recipients, changes));

export type StoredRecipient = {
  row_number: number;
  state: string;
  reason_code: string | null;
  reason: string | null;
  patient_id: string | null;
  sealed: Buffer | null;
};

export const listStored = (batchId: string): Promise<StoredRecipient[]> =>
  superuser<StoredRecipient[]>`
    select row_number, state::text, reason_code, reason, patient_id, sealed
    from message_recipients where batch_id = ${batchId} order by row_number`;

/** Each row's state, or why it was left out, by row number. */
export async function listCodes(batchId: string): Promise<string[]> {
  const rows = await listStored(batchId);
  return rows.map(({ state, reason_code }) => reason_code ?? state);
}

/** A new patient of a case, and what a file says of them. */
export async function createRecipient(practiceGroupId: string, name = "found") {
  const { patients } = await createPatientCase(practiceGroupId, name);
  const [patient] = patients;
  if (!patient) throw new Error("The case has no patient.");
  const { searchNhsNumber, dateOfBirth } = patient;
  return {
    ...patient,
    patientId: patient.patientId ?? "",
    row: {
      identity: { by: "nhs_number" as const, nhsNumber: searchNhsNumber, dateOfBirth },
    },
  };
}
