import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { createCorrectionInput } from "@/server/schemas/message-batches";
import { createCorrection } from "@/server/services/message-batches/correction";
import { previewRecipient } from "@/server/services/message-batches/preview";
import { getMessageBatch } from "@/server/services/message-batches/read";
import { listBatchResults } from "@/server/services/message-batches/results";
import { reviewMessageBatch } from "@/server/services/message-batches/review";
import { changePatient } from "../../support/hero";
import { createTenantPair } from "../../support/tenants";
import {
  connectForMessages,
  type MessagePractice,
  saveSettings,
  superuser,
} from "../messages/support";
import {
  type BatchChanges,
  checkBatch,
  createBatch,
  createCheckedBatch,
  createRecipient,
  listStored,
  completeChecks,
} from "./support";

const practiceGroupId = "30182";

let practice: MessagePractice;
let other: MessagePractice;
beforeAll(async () => {
  const { first, second } = await createTenantPair();
  practice = await connectForMessages(first, practiceGroupId);
  other = await connectForMessages(second, practiceGroupId);
});

const createRows = (count: number) =>
  Promise.all(Array.from({ length: count }, () => createRecipient(practiceGroupId)));

const review = ({ id }: { id: string }) => reviewMessageBatch(practice.ctx, { batchId: id });

const codesOf = async (batch: { id: string }) =>
  (await review(batch)).warnings.map(({ code }) => code);

/** As if the batch had been sent: rows of messages in these states, in the order of its recipients. */
async function pretendSent(
  { id }: { id: string },
  states: readonly string[],
  batchState = "finished",
): Promise<void> {
  for (const [index, state] of states.entries()) {
    await superuser`
      insert into messages (tenant_id, environment, id, operation_id, request_hash, practice_id, patient_id, channel,
        batch_id, row_number, reminder_number, data_key_id, content_erased_at, preview_fingerprint, send_at, state,
        claimed_at, hero_message_id, sent_at, created_by)
      select r.tenant_id, r.environment, gen_random_uuid(), r.operation_id, '0', b.practice_id, r.patient_id, b.channel,
        b.id, r.row_number, 0, b.data_key_id, now(), '0', now(), ${state}::message_state, now(),
        case when ${state} in ('sent', 'delivered', 'opened') then ${randomUUID()}::text end, now(), b.created_by
      from message_recipients r join message_batches b on b.id = r.batch_id
      where b.id = ${id} and r.row_number = ${index + 2}`;
  }
  await superuser`update message_recipients set is_queued = true
    where batch_id = ${id} and row_number < ${states.length + 2}`;
  await superuser`update message_batches set state = ${batchState}::message_batch_state, started_at = now()
    where id = ${id}`;
}

describe("the review of a batch", () => {
  it("the review says who gets it, what it costs and how long it takes", async () => {
    const recipients = await createRows(4);
    const { row: child } = await createRecipient(practiceGroupId, "child");
    const [first] = recipients;
    const batch = await createCheckedBatch(practice, [
      ...recipients.map(({ row }) => row),
      child,
      { patientId: first?.patientId },
    ]);
    const reviewed = await review(batch);
    expect(reviewed).toMatchObject({
      included: 4,
      excluded: 2,
      notChecked: 0,
      firstRow: 2,
      lastRow: 5,
      cost: { lowestPence: 16, highestPence: 16 },
      needsApproval: false,
      needsPracticeName: false,
      outdatedReason: null,
    });
    expect(reviewed.exclusions).toEqual([
      { code: "same_patient", reason: "Another row is the same patient.", count: 1 },
      { code: "under_16", reason: expect.stringMatching(/^This patient is under 16/), count: 1 },
    ]);
    expect(reviewed.sampleRows).toHaveLength(3);
    expect(new Set(reviewed.sampleRows).size).toBe(3);
    expect(reviewed.longest?.smsParts).toBe(1);
    expect(reviewed.snapshot).toMatch(/^[0-9a-f]{64}$/);
    expect(reviewed.warnings.map(({ code }) => code)).toContain("many_excluded");
    // The same on each look.
    expect((await review(batch)).sampleRows).toEqual(reviewed.sampleRows);
  });

  it("a batch has no review before its check", async () => {
    const [recipient] = await createRows(1);
    const batch = await createBatch(practice, recipient ? [recipient.row] : []);
    await expect(review(batch)).rejects.toThrow("not checked yet");
    await expect(reviewMessageBatch(other.ctx, { batchId: batch.id })).rejects.toThrow(
      "Not found.",
    );
  });

  it("a change of who gets it, or of what, is another snapshot", async () => {
    const [first, second] = await createRows(2);
    if (!first || !second) throw new Error("No recipients.");
    const batch = await createCheckedBatch(practice, [first.row, second.row]);
    const before = await review(batch);
    await checkBatch(practice, batch);
    expect((await review(batch)).snapshot).toBe(before.snapshot);
    await changePatient(second.patientId, { mobile: "07700 900111" });
    await checkBatch(practice, batch);
    const changed = await review(batch);
    expect(changed.included).toBe(2);
    expect(changed.snapshot).not.toBe(before.snapshot);
  });

  it("a change of the practice's name, key or capabilities is said until a check again", async () => {
    const own = await connectForMessages(practice.tenant, "20533");
    const recipient = await createRecipient("20533");
    const batch = await createCheckedBatch(own, [recipient.row]);
    const outdated = async () =>
      (await reviewMessageBatch(own.ctx, { batchId: batch.id })).outdatedReason;
    expect(await outdated()).toBeNull();
    await superuser`update practices set name = name || ' Two' where id = ${own.practiceId}`;
    expect(await outdated()).toMatch(/name or ID/);
    await checkBatch(own, batch);
    expect(await outdated()).toBeNull();
    await superuser`update practices set capabilities = array['sms_messaging', 'x_messaging'] where id = ${own.practiceId}`;
    expect(await outdated()).toMatch(/What the practice allows/);
    await checkBatch(own, batch);
    await superuser`update credentials set state = 'needs_new_key'
      where id = (select credential_id from practices where id = ${own.practiceId})`;
    expect(await outdated()).toMatch(/API key/);
    await superuser`update practices set disconnected_at = now() where id = ${own.practiceId}`;
    expect(await outdated()).toBe("The practice is disconnected.");
  });

  it("the review warns of addresses in the text, shared phones, recent messages and the same text", async () => {
    const owner = await practice.tenant.asOwner();
    await saveSettings(owner, { recentDays: 0 });
    try {
      const recipients = await createRows(2);
      const mobile = "07700 900222";
      for (const { patientId } of recipients) await changePatient(patientId, { mobile });
      const changes: BatchChanges = { text: `See surgery.example.org. ${randomUUID()}` };
      const rows = recipients.map(({ row }) => row);
      const batch = await createCheckedBatch(practice, rows, changes);
      expect(await codesOf(batch)).toEqual(["shared_contacts", "url_in_text"]);
      await pretendSent(batch, ["sent", "sent"]);
      const again = await createCheckedBatch(practice, rows, changes);
      expect(await codesOf(again)).toEqual([
        "same_text_as_recent_batch",
        "recent_messages",
        "shared_contacts",
        "url_in_text",
      ]);
    } finally {
      await saveSettings(owner);
    }
  });

  it("the review warns of a batch that is ten times larger than the last ones", async () => {
    const own = await connectForMessages(practice.tenant, "20690");
    const recipients = await Promise.all(
      Array.from({ length: 11 }, () => createRecipient("20690")),
    );
    const [first, ...others] = recipients.map(({ row }) => row);
    const small = await createCheckedBatch(own, first ? [first] : []);
    await pretendSent(small, ["sent"]);
    const large = await createCheckedBatch(own, others);
    const { warnings } = await reviewMessageBatch(own.ctx, { batchId: large.id });
    expect(warnings.map(({ code }) => code)).toContain("much_larger_than_usual");
  });
});

describe("the preview of a row", () => {
  it("a row's preview is the message as it would be sent now, and says when that has changed", async () => {
    const [recipient] = await createRows(1);
    if (!recipient) throw new Error("No recipient.");
    const { row: missing } = await createRecipient(practiceGroupId, "not_found");
    const batch = await createCheckedBatch(practice, [recipient.row, missing]);
    const preview = (rowNumber: number, ctx = practice.ctx) =>
      previewRecipient(ctx, { batchId: batch.id, rowNumber });
    expect(await preview(2)).toMatchObject({
      text: `Dear ${recipient.firstName}, please ring us.`,
      contact: expect.stringMatching(/^07.*•/),
      smsParts: 1,
      refusal: null,
      hasChanged: false,
    });
    expect(await preview(3)).toMatchObject({
      text: null,
      refusal: "Hero found no matching patient.",
    });
    await changePatient(recipient.patientId, { mobile: "07700 900333" });
    expect(await preview(2)).toMatchObject({ refusal: null, hasChanged: true });
    await expect(preview(4)).rejects.toThrow("no row with this number");
    await expect(preview(2, other.ctx)).rejects.toThrow("Not found.");
  });
});

describe("the results of a batch", () => {
  it("results are pages of rows with what became of each, by result", async () => {
    const recipients = await createRows(6);
    const { row: child } = await createRecipient(practiceGroupId, "child");
    const batch = await createCheckedBatch(practice, [...recipients.map(({ row }) => row), child]);
    await pretendSent(batch, ["sent", "opened", "failed", "unknown", "cancelled"], "stopped");
    const list = (changes = {}) =>
      listBatchResults(practice.ctx, { batchId: batch.id, ...changes });
    const all = await list();
    expect(all.items.map(({ outcome }) => outcome)).toEqual([
      "sent",
      "opened",
      "failed",
      "unknown",
      "cancelled",
      "cancelled",
      "excluded",
    ]);
    expect(all.nextCursor).toBeNull();
    const numbersOf = async (outcome: "cancelled" | "unknown" | "excluded" | "included" | "sent") =>
      (await list({ outcome })).items.map(({ rowNumber }) => rowNumber);
    expect(await numbersOf("cancelled")).toEqual([6, 7]);
    expect(await numbersOf("unknown")).toEqual([5]);
    expect(await numbersOf("sent")).toEqual([2]);
    expect(await numbersOf("excluded")).toEqual([8]);
    expect(await numbersOf("included")).toEqual([]);
    const page = await list({ limit: 3 });
    expect(page.nextCursor).toBe(4);
    const next = await list({ limit: 3, cursor: 4 });
    expect(next.items.map(({ rowNumber }) => rowNumber)).toEqual([5, 6, 7]);
    const { counts } = await getMessageBatch(practice.ctx, { batchId: batch.id });
    expect(counts).toMatchObject({
      sent: 2,
      opened: 1,
      unknown: 1,
      failed: 1,
      cancelled: 2,
      toSend: 0,
    });
    expect(counts.sent + counts.notSent + counts.unknown).toBe(counts.total);
    // Its reply is overdue, as after a worker died.
    await superuser`
      update messages set state = 'sending', claimed_at = now() - interval '1 hour'
      where batch_id = ${batch.id} and row_number = 4`;
    expect(await numbersOf("unknown")).toEqual([4, 5]);
    await expect(listBatchResults(other.ctx, { batchId: batch.id })).rejects.toThrow("Not found.");
  });
});

describe("a correction", () => {
  const correct = (batchId: string, ctx = practice.ctx) =>
    createCorrection(
      ctx,
      createCorrectionInput.parse({
        operationId: randomUUID(),
        batchId,
        name: "Correction",
        text: "Please ignore our last message. We are sorry.",
      }),
    );

  it("a correction goes to exactly the patients that the batch reached, or may have reached", async () => {
    const recipients = await createRows(6);
    const batch = await createCheckedBatch(
      practice,
      recipients.map(({ row }) => row),
    );
    await expect(correct(batch.id)).rejects.toThrow("Stop this batch first");
    await pretendSent(batch, ["sent", "opened", "failed", "unknown", "cancelled"], "stopped");
    const correction = await correct(batch.id);
    expect(correction).toMatchObject({
      state: "checking",
      correctsBatchId: batch.id,
      channel: "sms",
      rowCount: 3,
    });
    await completeChecks(practice);
    const stored = await listStored(correction.id);
    // Their last message was minutes ago, which a correction does not mind.
    expect(stored.map(({ row_number, state }) => [row_number, state])).toEqual([
      [2, "included"],
      [3, "included"],
      [5, "included"],
    ]);
    const reached = [0, 1, 3].map((index) => recipients[index]?.patientId);
    expect(stored.map(({ patient_id }) => patient_id)).toEqual(reached);
    await expect(correct(batch.id, other.ctx)).rejects.toThrow("Not found.");
  });

  it("a batch that reached nobody has no correction", async () => {
    const [recipient] = await createRows(1);
    const batch = await createCheckedBatch(practice, recipient ? [recipient.row] : []);
    await pretendSent(batch, ["cancelled"], "stopped");
    await expect(correct(batch.id)).rejects.toThrow("reached nobody");
  });
});
