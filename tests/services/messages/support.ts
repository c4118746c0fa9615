import { randomUUID } from "node:crypto";
import { z } from "zod";
import {
  type MessageView,
  previewMessageInput,
  saveMessageSettingsInput,
  sendMessageInput,
} from "@/server/schemas/messages";
import { previewMessage } from "@/server/services/messages/preview";
import { readNextMessage } from "@/server/services/messages/read-back";
import { getMessageById } from "@/server/services/messages/read";
import { releaseNextMessage } from "@/server/services/messages/release";
import { requestMessage } from "@/server/services/messages/send";
import { saveMessageSettings } from "@/server/services/messages/settings";
import type { TenantContext } from "@/server/tenancy/context";
import { createJobContext } from "@/server/tenancy/job";
import { connectAsSuperuser, sandboxUrl } from "../../setup/database";
import {
  createPatientCase,
  getSandboxPractice,
  inDialect,
  listHeroCalls,
} from "../../support/hero";
import { createTenantPair, type TestTenant } from "../../support/tenants";

export const superuser = connectAsSuperuser();

/** Without quiet hours, so that the tests pass at any time of the day. */
const settings = {
  undoSeconds: 10,
  quietFrom: "00:00",
  quietTo: "00:00",
  smsPence: 4,
  islandSmsPence: 9,
  textDays: 7,
  batchUndoSeconds: 60,
  approvalThreshold: 20,
  firstSlice: 20,
  dailyLimit: 20_000,
  practiceDailyLimit: 10_000,
  recentDays: 7,
};

export const saveSettings = (ctx: TenantContext, changes: Record<string, unknown> = {}) =>
  saveMessageSettings(ctx, saveMessageSettingsInput.parse({ ...settings, ...changes }));

/** A tenant's practice with a key of its own, so that tests count the calls with it. */
export async function connectForMessages(
  tenant: TestTenant,
  practiceGroupId: string,
  dialect?: string,
) {
  const practice = await getSandboxPractice(practiceGroupId, "a");
  const apiKey = dialect ? inDialect(practice.apiKey, dialect) : practice.apiKey;
  const connected = await tenant.connect({ ...practice, apiKey });
  await saveSettings(await tenant.asOwner());
  return {
    tenant,
    ctx: await tenant.asRole("operator"),
    practiceGroupId,
    practiceId: connected.id,
    apiKey,
  };
}
export type MessagePractice = Awaited<ReturnType<typeof connectForMessages>>;

/** Two look-alike tenants with the same practice of the sandbox, each with a key of its own. */
export async function createMessageTenants(practiceGroupId: string) {
  const { first, second } = await createTenantPair();
  return {
    own: await connectForMessages(first, practiceGroupId),
    other: await connectForMessages(second, practiceGroupId),
  };
}

/** A new patient of the practice who may be contacted. */
export async function createPatient(practiceGroupId: string, name = "found"): Promise<string> {
  const { patients } = await createPatientCase(practiceGroupId, name);
  return patients[0]?.patientId ?? "";
}

export type DraftChanges = Partial<z.input<typeof sendMessageInput>>;

export const draftOf = (
  { practiceId }: MessagePractice,
  patientId: string,
  changes: DraftChanges = {},
) => ({
  practiceId,
  patientId,
  channel: "sms" as const,
  text: "Your results are ready. Please ring us.",
  ...changes,
});

export const preview = (
  practice: MessagePractice,
  patientId: string,
  changes: DraftChanges = {},
  ctx = practice.ctx,
) => previewMessage(ctx, previewMessageInput.parse(draftOf(practice, patientId, changes)));

/** Reviews a message, confirms its warnings and returns the input that sends it. */
export async function reviewedInput(
  practice: MessagePractice,
  patientId: string,
  changes: DraftChanges = {},
  ctx = practice.ctx,
) {
  const { refusal, previewFingerprint, warnings } = await preview(
    practice,
    patientId,
    changes,
    ctx,
  );
  if (refusal !== null) throw new Error(`The message was refused: ${refusal}`);
  return sendMessageInput.parse({
    operationId: randomUUID(),
    previewFingerprint,
    confirmed: warnings.map(({ code }) => code),
    ...draftOf(practice, patientId, changes),
  });
}

/** A message that was reviewed and waits for the end of its delay. */
export const request = async (
  practice: MessagePractice,
  patientId: string,
  changes: DraftChanges = {},
  ctx = practice.ctx,
): Promise<MessageView> =>
  requestMessage(ctx, await reviewedInput(practice, patientId, changes, ctx));

/** Ends the delay of a message, or makes its next read due. */
export async function makeDue(messageId: string): Promise<void> {
  await superuser`
    update messages set send_at = case when state = 'scheduled' then now() - interval '1 second' else send_at end,
      next_read_at = case when next_read_at is null then null else now() - interval '1 second' end, leased_until = null
    where id = ${messageId}`;
}

export const jobContext = ({ ctx }: MessagePractice) => createJobContext(ctx, randomUUID());

/** Releases what is due at a practice, as the worker does. @returns how many messages had their turn */
export async function releaseAll(practice: MessagePractice, now?: () => Date): Promise<number> {
  let count = 0;
  while (
    (await releaseNextMessage(jobContext(practice), practice.practiceId, now)) === "released"
  ) {
    count += 1;
  }
  return count;
}

/** Ends a message's delay and releases it. */
export async function release(practice: MessagePractice, message: { id: string }) {
  await makeDue(message.id);
  await releaseAll(practice);
  return getMessageById(practice.ctx, { messageId: message.id });
}

/** Reads a message from Hero again, as the worker does when it is due. */
export async function readBack(practice: MessagePractice, message: { id: string }) {
  // The faults of a test are for this message's read.
  await superuser`
    update messages set next_read_at = now() + interval '1 hour'
    where practice_id = ${practice.practiceId} and next_read_at is not null`;
  await makeDue(message.id);
  while ((await readNextMessage(jobContext(practice), practice.practiceId)) === "read") {
    // The next one.
  }
  return getMessageById(practice.ctx, { messageId: message.id });
}

/** How often the practice's key was used to send. */
export const countSends = async ({ apiKey }: MessagePractice): Promise<number> =>
  (await listHeroCalls(apiKey, "sendMessage")).length;

const receivedMessages = z.array(
  z.looseObject({ id: z.string(), patientId: z.string(), channel: z.string(), text: z.string() }),
);

/** What the sandbox has for a patient. */
export async function listReceived(patientId: string) {
  const response = await fetch(`${sandboxUrl}/_sandbox/messages?patientId=${patientId}`);
  return receivedMessages
    .parse(await response.json())
    .filter((message) => message.patientId === patientId);
}

/** Lets time pass for one message at the sandbox. */
export async function ageAtHero(heroMessageId: string | null, seconds: number): Promise<void> {
  const response = await fetch(`${sandboxUrl}/_sandbox/messages/${heroMessageId}/age`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ advanceMs: seconds * 1000 }),
  });
  if (!response.ok) throw new Error(`The sandbox refused: ${await response.text()}`);
}

/** The audit actions about a message, oldest first. */
export async function listActions(messageId: string): Promise<string[]> {
  const rows = await superuser<{ action: string }[]>`
    select action from audit_events where subject_id = ${messageId} order by id`;
  return rows.map(({ action }) => action);
}

/** The types of the events about a message, oldest first. */
export async function listEventTypes(messageId: string): Promise<string[]> {
  const rows = await superuser<{ type: string }[]>`
    select type from events where subject_id = ${messageId} order by id`;
  return rows.map(({ type }) => type);
}
