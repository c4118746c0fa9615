import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { reminderTimeOn } from "@/server/schemas/reminder-rounds";
import { createBookingLink } from "@/server/services/links/create";
import { closeLink } from "@/server/services/links/update";
import { createCorrection } from "@/server/services/message-batches/correction";
import { eraseBatchTexts } from "@/server/services/message-batches/erase";
import { previewRecipient } from "@/server/services/message-batches/preview";
import { advanceReminders } from "@/server/services/message-batches/reminders";
import { reviewMessageBatch } from "@/server/services/message-batches/review";
import {
  stopReminders,
  stopRemindersForRecipient,
} from "@/server/services/message-batches/stop-reminders";
import { changePatient, injectFault } from "../../support/hero";
import { bookWithLink } from "../../support/process-webhooks";
import { createTenant, firstBookingChoice } from "../../support/tenants";
import {
  connectForMessages,
  createMessageTenants,
  jobContext,
  listReceived,
  type MessagePractice,
  releaseAll,
  saveSettings,
  superuser,
} from "../messages/support";
import { startNow, view, work } from "./sending-support";
import { type BatchChanges, createCheckedBatch, createRecipient } from "./support";

const practiceGroupId = "20533";
const text = "Please book your flu vaccination: {{link}}";
const reminderText = "You can still book: {{link}}";

let own: MessagePractice;
let other: MessagePractice;

beforeAll(async () => {
  ({ own, other } = await createMessageTenants(practiceGroupId));
});

type Recipient = Awaited<ReturnType<typeof createInvited>>;

/** A new patient with a booking link of their own. */
async function createInvited({ ctx, practiceId }: MessagePractice) {
  const { patientId, dateOfBirth } = await createRecipient(practiceGroupId);
  const link = await createBookingLink(ctx, {
    operationId: randomUUID(),
    practiceId,
    ...(await firstBookingChoice(ctx, practiceId)),
    patientId,
    expiresOn: addDays(ukDateOf(new Date()), 30),
    maxUses: 1,
  });
  return { patientId, dateOfBirth, link };
}

/** A batch with reminders whose messages have been sent, and the time of its first round. */
async function sendBatch(
  practice: MessagePractice,
  recipients: readonly Recipient[],
  reminders: Partial<NonNullable<BatchChanges["reminders"]>> = {},
) {
  const { id: batchId } = await createCheckedBatch(
    practice,
    recipients.map(({ patientId }) => ({ patientId })),
    { link: "own", text, reminders: { afterDays: 2, text: reminderText, ...reminders } },
  );
  await startNow(practice, batchId);
  await work(practice);
  const { reminders: plan, state, endedAt } = await view(practice, batchId);
  expect(state).toBe("finished");
  return {
    batchId,
    sentAt: new Date(endedAt ?? ""),
    firstRound: new Date(plan?.nextAt ?? ""),
  };
}

/** Works on reminders until nothing is left to do at this time, as a worker does. */
async function remind(practice: MessagePractice, at: Date): Promise<void> {
  const advance = async () => {
    await superuser`update message_batches set leased_until = null
      where practice_id = ${practice.practiceId}
        and leased_until <= ${new Date(at.getTime() + 10_000)}`;
    await advanceReminders(jobContext(practice), practice.practiceId, at);
  };
  for (let isFirst = true; isFirst || (await releaseAll(practice, () => at)) > 0; isFirst = false) {
    await advance();
  }
  await advance();
}

const textsOf = async ({ patientId }: Recipient) =>
  (await listReceived(patientId)).map((message) => message.text);

const later = (at: Date, days: number) => reminderTimeOn(addDays(ukDateOf(at), days), "14:00");

const reminderOf = async (practice: MessagePractice, batchId: string) =>
  (await view(practice, batchId)).reminders;

const endReasons = async (batchId: string) => {
  const rows = await superuser<{ reason: string | null }[]>`
    select reminders_ended_reason as reason from message_recipients
    where batch_id = ${batchId} order by row_number`;
  return rows.map(({ reason }) => reason);
};

describe("rounds", () => {
  it("who has not booked is reminded at 14:00 so many days later, at most so many times", async () => {
    const recipient = await createInvited(own);
    const { batchId, sentAt, firstRound } = await sendBatch(own, [recipient], { maxTimes: 2 });
    expect(firstRound).toEqual(later(sentAt, 2));
    expect(await reminderOf(own, batchId)).toMatchObject({
      rounds: 0,
      planned: [firstRound.toISOString(), later(firstRound, 2).toISOString()],
      timeline: [],
    });
    await remind(own, new Date(firstRound.getTime() - 1_000));
    expect(await textsOf(recipient)).toHaveLength(1);
    await remind(own, firstRound);
    const url = recipient.link.url ?? "";
    expect(await textsOf(recipient)).toEqual([
      text.replace("{{link}}", url),
      reminderText.replace("{{link}}", url),
    ]);
    expect(await reminderOf(own, batchId)).toMatchObject({
      rounds: 1,
      nextAt: later(firstRound, 2).toISOString(),
      timeline: [
        { round: 1, startedAt: firstRound.toISOString(), sent: 1, waiting: 0, notSent: 0 },
      ],
      endedReason: null,
    });
    await remind(own, new Date(firstRound.getTime() + 3_600_000));
    expect(await textsOf(recipient)).toHaveLength(2);
    await remind(own, later(firstRound, 2));
    expect(await textsOf(recipient)).toHaveLength(3);
    expect(await reminderOf(own, batchId)).toMatchObject({
      rounds: 2,
      nextAt: null,
      planned: [],
      endedReason: "All reminders were sent.",
    });
    await remind(own, later(firstRound, 4));
    expect(await textsOf(recipient)).toHaveLength(3);
  });

  it("two workers at once send each reminder once", async () => {
    const recipients = await Promise.all(Array.from({ length: 6 }, () => createInvited(own)));
    const { firstRound } = await sendBatch(own, recipients);
    await Promise.all([remind(own, firstRound), remind(own, firstRound), remind(own, firstRound)]);
    await remind(own, firstRound);
    for (const recipient of recipients) expect(await textsOf(recipient)).toHaveLength(2);
  });

  it("who may not have had the message gets no reminder", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const recipients = [await createInvited(practice)];
    await injectFault({
      operation: "sendMessage",
      key: practice.apiKey,
      reset: true,
      afterWork: true,
    });
    const { batchId, firstRound } = await sendBatch(practice, recipients, { maxTimes: 2 });
    expect((await view(practice, batchId)).counts.unknown).toBe(1);
    await remind(practice, firstRound);
    const [recipient] = recipients;
    expect(recipient && (await textsOf(recipient))).toHaveLength(1);
    expect((await reminderOf(practice, batchId))?.endedReason).toBe("Nobody is left to remind.");
  });

  it("a round in quiet hours leaves after them", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const recipient = await createInvited(practice);
    const { batchId, firstRound } = await sendBatch(practice, [recipient]);
    await saveSettings(await practice.tenant.asOwner(), { quietFrom: "13:00", quietTo: "16:00" });
    await remind(practice, firstRound);
    expect(await textsOf(recipient)).toHaveLength(1);
    const after = reminderTimeOn(ukDateOf(firstRound), "16:00");
    expect((await reminderOf(practice, batchId))?.nextAt).toBe(after.toISOString());
    await remind(practice, after);
    expect(await textsOf(recipient)).toHaveLength(2);
  });

  it("a round that does not fit into the day's limit waits until the next day, and says so", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const recipients = [await createInvited(practice), await createInvited(practice)];
    const { batchId, firstRound } = await sendBatch(practice, recipients);
    const ctx = await practice.tenant.asOwner();
    await saveSettings(ctx, { dailyLimit: 1, practiceDailyLimit: 1 });
    await remind(practice, firstRound);
    for (const recipient of recipients) expect(await textsOf(recipient)).toHaveLength(1);
    const tomorrow = later(firstRound, 1);
    const waiting = await reminderOf(practice, batchId);
    expect(waiting?.nextAt).toBe(tomorrow.toISOString());
    expect(waiting?.waitReason).toMatch(/did not fit into the limits of .* the next day\.$/);
    await saveSettings(ctx, { dailyLimit: 2, practiceDailyLimit: 2 });
    await remind(practice, tomorrow);
    for (const recipient of recipients) expect(await textsOf(recipient)).toHaveLength(2);
  });

  it("a round that is days late is not sent any more, and the text is erased some days later", async () => {
    const recipient = await createInvited(own);
    const { batchId, firstRound } = await sendBatch(own, [recipient]);
    await eraseBatchTexts(jobContext(own), later(firstRound, 100));
    expect((await view(own, batchId)).hasText).toBe(true);
    const late = later(firstRound, 4);
    await remind(own, late);
    expect(await textsOf(recipient)).toHaveLength(1);
    expect((await reminderOf(own, batchId))?.endedReason).toBe(
      "The reminders could not be sent within 3 days of their time.",
    );
    await eraseBatchTexts(jobContext(own), later(late, 8));
    expect((await view(own, batchId)).hasText).toBe(false);
  });
});

describe("the review of a batch with reminders", () => {
  it("the text of the reminders is shown, and an address in it is warned of", async () => {
    const recipient = await createInvited(own);
    const { id: batchId } = await createCheckedBatch(own, [{ patientId: recipient.patientId }], {
      link: "own",
      text,
      reminders: { afterDays: 1, text: `${reminderText} or see www.example.com` },
    });
    const { warnings } = await reviewMessageBatch(own.ctx, { batchId });
    expect(warnings.map(({ code }) => code)).toContain("url_in_text");
    const shown = await previewRecipient(own.ctx, { batchId, rowNumber: 2 });
    expect(shown.reminderText).toContain(`You can still book: ${recipient.link.url}`);
    expect((await reminderOf(own, batchId))?.planned).toHaveLength(1);
  });
});

describe("what ends the reminders of a recipient", () => {
  it("a booking, a closed link and a link whose time is over", async () => {
    const recipients = await Promise.all(Array.from({ length: 4 }, () => createInvited(own)));
    const [booked, closed, expired, reminded] = recipients;
    if (!booked || !closed || !expired || !reminded) throw new Error("Recipients are missing.");
    const { batchId, firstRound } = await sendBatch(own, recipients);
    await bookWithLink(booked);
    await closeLink(own.ctx, { linkId: closed.link.id });
    await superuser`update links set expires_on = ${addDays(ukDateOf(firstRound), -1)}
      where id = ${expired.link.id}`;
    await remind(own, firstRound);
    expect(await endReasons(batchId)).toEqual([
      "This patient has already booked.",
      "The link no longer works.",
      "The link has expired.",
      null,
    ]);
    expect(await textsOf(booked)).toHaveLength(1);
    expect(await textsOf(closed)).toHaveLength(1);
    expect(await textsOf(expired)).toHaveLength(1);
    expect(await textsOf(reminded)).toHaveLength(2);
    const [cancelled] = await superuser`select state, claimed_at from messages
      where batch_id = ${batchId} and reminder_number = 1 and row_number = 2`;
    // Hero told of the booking when the reminder was about to leave.
    expect(cancelled).toEqual({ state: "cancelled", claimed_at: null });
  });

  it("a patient who died gets none, and nobody has to decide about it", async () => {
    const recipient = await createInvited(own);
    const { batchId, firstRound } = await sendBatch(own, [recipient]);
    await changePatient(recipient.patientId, { deceasedOn: "2026-01-05" });
    await remind(own, firstRound);
    expect(await textsOf(recipient)).toHaveLength(1);
    const [reason] = await endReasons(batchId);
    expect(reason).toMatch(/died/);
    expect((await view(own, batchId)).counts.held).toBe(0);
  });

  it("no free appointments", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const recipient = await createInvited(practice);
    const { batchId, firstRound } = await sendBatch(practice, [recipient]);
    await injectFault({
      operation: "countSlots",
      key: practice.apiKey,
      status: 200,
      body: JSON.stringify({ count: 0 }),
    });
    await remind(practice, firstRound);
    expect(await textsOf(recipient)).toHaveLength(1);
    expect(await endReasons(batchId)).toEqual([
      expect.stringMatching(/^No appointments were free on /),
    ]);
  });

  it("free appointments that cannot be read are read again before anything is sent", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const recipient = await createInvited(practice);
    const { batchId, firstRound } = await sendBatch(practice, [recipient]);
    await injectFault({ operation: "countSlots", key: practice.apiKey, status: 403 });
    await remind(practice, firstRound);
    expect(await textsOf(recipient)).toHaveLength(1);
    expect((await reminderOf(practice, batchId))?.waitReason).toBe(
      "Free appointments could not be read from Hero.",
    );
    await remind(practice, new Date(firstRound.getTime() + 6 * 60_000));
    expect(await textsOf(recipient)).toHaveLength(2);
    expect((await reminderOf(practice, batchId))?.waitReason).toBeNull();
  });
});

describe("a person stops reminders", () => {
  it("for one patient, and for all", async () => {
    const recipients = await Promise.all(Array.from({ length: 2 }, () => createInvited(own)));
    const [stopped, reminded] = recipients;
    if (!stopped || !reminded) throw new Error("Recipients are missing.");
    const { batchId, firstRound } = await sendBatch(own, recipients, { maxTimes: 2 });
    const { patientId } = stopped;
    await stopRemindersForRecipient(own.ctx, { batchId, patientId });
    await stopRemindersForRecipient(own.ctx, { batchId, patientId });
    await remind(own, firstRound);
    expect(await textsOf(stopped)).toHaveLength(1);
    expect(await textsOf(reminded)).toHaveLength(2);
    const { reminders } = await stopReminders(own.ctx, { batchId });
    expect(reminders).toMatchObject({
      nextAt: null,
      planned: [],
      endedReason: "A person stopped the reminders.",
    });
    await stopReminders(own.ctx, { batchId });
    await remind(own, later(firstRound, 2));
    expect(await textsOf(reminded)).toHaveLength(2);
    const actions = await superuser<{ action: string }[]>`
      select action from audit_events where subject_id = ${batchId}
        and action = 'message_batch.reminders_stopped'`;
    expect(actions).toHaveLength(2);
  });

  it("reminders that wait are cancelled", async () => {
    const recipients = await Promise.all(Array.from({ length: 2 }, () => createInvited(own)));
    const { batchId, firstRound } = await sendBatch(own, recipients);
    await advanceReminders(jobContext(own), own.practiceId, firstRound);
    expect((await reminderOf(own, batchId))?.timeline).toMatchObject([{ round: 1, waiting: 2 }]);
    const [first] = recipients;
    await stopRemindersForRecipient(own.ctx, { batchId, patientId: first?.patientId ?? "" });
    expect((await reminderOf(own, batchId))?.timeline).toMatchObject([{ waiting: 1, notSent: 1 }]);
    await stopReminders(own.ctx, { batchId });
    await remind(own, firstRound);
    for (const recipient of recipients) expect(await textsOf(recipient)).toHaveLength(1);
  });

  it("a correction of the batch ends its reminders", async () => {
    const recipient = await createInvited(own);
    const { batchId, firstRound } = await sendBatch(own, [recipient]);
    const correction = { operationId: randomUUID(), batchId, name: "Correction" };
    await createCorrection(own.ctx, { ...correction, text: "Please ignore our message." });
    await remind(own, firstRound);
    expect(await textsOf(recipient)).toHaveLength(1);
    expect((await reminderOf(own, batchId))?.endedReason).toBe("A correction was prepared.");
  });

  it("before the batch is sent: the messages leave, and no reminder follows", async () => {
    const recipient = await createInvited(own);
    const { id: batchId } = await createCheckedBatch(own, [{ patientId: recipient.patientId }], {
      link: "own",
      text,
      reminders: { afterDays: 1 },
    });
    await stopReminders(own.ctx, { batchId });
    await startNow(own, batchId);
    await work(own);
    expect(await reminderOf(own, batchId)).toMatchObject({ nextAt: null });
    await remind(own, later(new Date(), 1));
    expect(await textsOf(recipient)).toHaveLength(1);
  });

  it("not those of another organisation, nor of a batch without reminders", async () => {
    const recipient = await createInvited(own);
    const { patientId } = recipient;
    const { batchId, firstRound } = await sendBatch(own, [recipient]);
    await expect(stopReminders(other.ctx, { batchId })).rejects.toThrow(
      /cannot be found|not found/i,
    );
    await expect(stopRemindersForRecipient(other.ctx, { batchId, patientId })).rejects.toThrow(
      /cannot be found|not found/i,
    );
    await expect(
      stopRemindersForRecipient(own.ctx, { batchId, patientId: "999999" }),
    ).rejects.toThrow("Not found.");
    const plain = await createCheckedBatch(own, [{ patientId }], { text: "Please ring us." });
    await expect(stopReminders(own.ctx, { batchId: plain.id })).rejects.toThrow(
      "This batch has no reminders.",
    );
    await remind(own, firstRound);
    expect(await textsOf(recipient)).toHaveLength(2);
  });
});
