import { describe, expect, it } from "vitest";
import { showMessageText } from "@/server/services/messages/content";
import { createBookingLink } from "@/server/services/links/create";
import { closeLink } from "@/server/services/links/update";
import {
  cancelBatch,
  continueBatch,
  pauseBatch,
  stopBatch,
} from "@/server/services/message-batches/control";
import { eraseBatchTexts } from "@/server/services/message-batches/erase";
import { getOverview } from "@/server/services/results/overview";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { randomUUID } from "node:crypto";
import { changePatient, injectFault } from "../../support/hero";
import { createTenant, firstBookingChoice } from "../../support/tenants";
import {
  connectForMessages,
  jobContext,
  listActions,
  releaseAll,
  request,
  saveSettings,
  superuser,
} from "../messages/support";
import {
  advance,
  countReceived,
  createPatients,
  createReadyBatch,
  setFirstSlice,
  startNow,
  view,
  work,
} from "./sending-support";

const practiceGroupId = "20533";

/** A practice with a key and a tenant of its own, and a batch that was checked. */
async function prepare(count: number, columns = {}) {
  const practice = await connectForMessages(await createTenant(), practiceGroupId);
  const patientIds = await createPatients(practiceGroupId, count);
  const batchId = await createReadyBatch(practice, patientIds, columns);
  return { practice, patientIds, batchId };
}

describe("a batch is sent in slices", () => {
  it("every recipient gets one message, with their own text, and the batch finishes", async () => {
    const { practice, patientIds, batchId } = await prepare(6);
    await startNow(practice, batchId);
    await work(practice);
    const { state, counts, startedBy, endedAt } = await view(practice, batchId);
    expect({ state, counts }).toMatchObject({
      state: "finished",
      counts: { total: 6, sent: 6, toSend: 0, notSent: 0, unknown: 0 },
    });
    expect(startedBy).not.toBeNull();
    expect(endedAt).not.toBeNull();
    expect(await countReceived(practice, patientIds)).toEqual({ received: 6, most: 1, sends: 6 });
    expect(await listActions(batchId)).toEqual(["message_batch.started", "message_batch.finished"]);
    const [message] = await superuser<{ id: string; confirmed: string[] }[]>`
      select id, confirmed from messages where batch_id = ${batchId} and row_number = 2`;
    expect(await showMessageText(practice.ctx, { messageId: message?.id ?? "" })).toEqual({
      text: "Please ring us.",
    });
    await work(practice);
    expect(await countReceived(practice, patientIds)).toMatchObject({ sends: 6 });
  });

  it("nothing leaves before its time, and undoing it sends nothing", async () => {
    const { practice, patientIds, batchId } = await prepare(2);
    await startNow(practice, batchId);
    await superuser`update message_batches set send_at = now() + interval '1 minute' where id = ${batchId}`;
    await work(practice);
    expect(await view(practice, batchId)).toMatchObject({ state: "scheduled", canUndo: true });
    expect(await cancelBatch(practice.ctx, { batchId })).toMatchObject({
      state: "cancelled",
      counts: { notSent: 2, sent: 0, unknown: 0 },
    });
    await superuser`update message_batches set send_at = now() where id = ${batchId}`;
    await work(practice);
    expect(await countReceived(practice, patientIds)).toMatchObject({ received: 0, sends: 0 });
    expect(await listActions(batchId)).toEqual([
      "message_batch.started",
      "message_batch.cancelled",
    ]);
  });

  it("the batch pauses after its first slice, once, and continues when a person says so", async () => {
    const { practice, patientIds, batchId } = await prepare(7);
    await startNow(practice, batchId);
    await setFirstSlice(batchId, 3);
    await work(practice);
    expect(await view(practice, batchId)).toMatchObject({
      state: "paused",
      pauseReason: "The first 3 messages have left. Check the results, then continue.",
      counts: { sent: 3, toSend: 4 },
    });
    await work(practice);
    expect(await countReceived(practice, patientIds)).toMatchObject({ received: 3 });
    expect(await continueBatch(practice.ctx, { batchId })).toMatchObject({
      state: "sending",
      pauseReason: null,
    });
    await work(practice);
    expect(await view(practice, batchId)).toMatchObject({ state: "finished", counts: { sent: 7 } });
    expect(await countReceived(practice, patientIds)).toEqual({ received: 7, most: 1, sends: 7 });
    await expect(pauseBatch(practice.ctx, { batchId })).rejects.toThrow(/being sent/);
    await expect(continueBatch(practice.ctx, { batchId })).rejects.toThrow(/paused/);
    await expect(stopBatch(practice.ctx, { batchId })).rejects.toThrow(/has finished/);
    await expect(cancelBatch(practice.ctx, { batchId })).rejects.toThrow(/have left/);
  });

  it("two workers at once send each message once", async () => {
    const { practice, patientIds, batchId } = await prepare(24);
    await startNow(practice, batchId);
    await setFirstSlice(batchId, null);
    await Promise.all([work(practice), work(practice), work(practice), work(practice)]);
    await work(practice);
    expect(await view(practice, batchId)).toMatchObject({
      state: "finished",
      counts: { sent: 24 },
    });
    expect(await countReceived(practice, patientIds)).toEqual({
      received: 24,
      most: 1,
      sends: 24,
    });
  });

  it("a single message goes before the messages of a batch", async () => {
    const { practice, patientIds, batchId } = await prepare(2);
    await startNow(practice, batchId);
    await advance(practice);
    const [patientId = ""] = await createPatients(practiceGroupId, 1);
    const single = await request(practice, patientId);
    await superuser`update messages set send_at = now() where id = ${single.id}`;
    await injectFault({ operation: "sendMessage", key: practice.apiKey, status: 400 });
    await releaseAll(practice);
    expect(await countReceived(practice, patientIds)).toMatchObject({ received: 2 });
    expect(await countReceived(practice, [patientId])).toMatchObject({ received: 0 });
  });
});

describe("what keeps a batch's messages back", () => {
  it("a pause and a stop keep what waits, and say exactly how many had left", async () => {
    const { practice, patientIds, batchId } = await prepare(5);
    await startNow(practice, batchId);
    await advance(practice);
    await setFirstSlice(batchId, null);
    // Two have left; three wait.
    await superuser`update messages set leased_until = now() + interval '1 hour'
      where batch_id = ${batchId} and row_number > 3`;
    await releaseAll(practice);
    expect(await pauseBatch(practice.ctx, { batchId })).toMatchObject({
      state: "paused",
      pauseReason: null,
      counts: { sent: 2, toSend: 3 },
    });
    await superuser`update messages set leased_until = null where batch_id = ${batchId}`;
    await work(practice);
    expect(await countReceived(practice, patientIds)).toMatchObject({ received: 2 });
    // Those that wait for their batch are not late.
    await superuser`update messages set send_at = now() - interval '2 hours'
      where batch_id = ${batchId} and state = 'scheduled'`;
    expect((await getOverview(practice.ctx, {})).messages.late).toBe(0);
    const stopped = await stopBatch(practice.ctx, { batchId });
    expect(stopped).toMatchObject({
      state: "stopped",
      counts: { total: 5, sent: 2, cancelled: 3, notSent: 3, unknown: 0, toSend: 0 },
    });
    expect(await stopBatch(practice.ctx, { batchId })).toEqual(stopped);
    await work(practice);
    expect(await countReceived(practice, patientIds)).toEqual({ received: 2, most: 1, sends: 2 });
    const [limits] =
      await superuser`select counted_messages from message_batches where id = ${batchId}`;
    expect(limits?.counted_messages).toBe(2);
    await expect(continueBatch(practice.ctx, { batchId })).rejects.toThrow(/paused/);
  });

  it("a stop that comes while messages are being sent counts them, and nothing leaves after it", async () => {
    const { practice, patientIds, batchId } = await prepare(12);
    await startNow(practice, batchId);
    await advance(practice);
    await injectFault({
      operation: "sendMessage",
      key: practice.apiKey,
      delayMs: 400,
      afterWork: true,
      times: 2,
    });
    await injectFault({
      operation: "sendMessage",
      key: practice.apiKey,
      reset: true,
      afterWork: true,
    });
    const releasing = Promise.all([work(practice), work(practice), work(practice)]);
    await expect
      .poll(async () => (await countReceived(practice, patientIds)).sends)
      .toBeGreaterThan(1);
    await stopBatch(practice.ctx, { batchId });
    const claimed = await superuser<{ id: string }[]>`
      select id from messages where batch_id = ${batchId} and claimed_at is not null`;
    await releasing;
    const { counts } = await view(practice, batchId);
    expect(counts.sent + counts.notSent + counts.unknown).toBe(12);
    expect(counts.sent + counts.unknown).toBe(claimed.length);
    const { received, most, sends } = await countReceived(practice, patientIds);
    expect(most).toBeLessThanOrEqual(1);
    expect(received).toBe(claimed.length);
    expect(sends).toBe(claimed.length);
  });

  it("a message that was leased before the stop is not claimed after it", async () => {
    const { practice, patientIds, batchId } = await prepare(1);
    await startNow(practice, batchId);
    await advance(practice);
    await injectFault({ operation: "getPatientById", key: practice.apiKey, delayMs: 500 });
    const releasing = releaseAll(practice);
    await expect
      .poll(async () => {
        const [row] =
          await superuser`select leased_until from messages where batch_id = ${batchId}`;
        return row?.leased_until;
      })
      .not.toBeNull();
    // As if the stop's second statement had not run yet.
    await superuser`update message_batches set state = 'stopped' where id = ${batchId}`;
    await releasing;
    expect(await countReceived(practice, patientIds)).toMatchObject({ received: 0, sends: 0 });
  });

  it("nothing leaves in quiet hours, and the batch continues after them", async () => {
    const { practice, patientIds, batchId } = await prepare(3);
    await saveSettings(await practice.tenant.asOwner(), { quietFrom: "20:00", quietTo: "08:00" });
    const day = addDays(ukDateOf(new Date()), 2);
    const night = new Date(`${day}T02:00:00.000Z`);
    const morning = new Date(`${day}T09:00:00.000Z`);
    await startNow(practice, batchId);
    await superuser`update message_batches set send_at = ${new Date(`${day}T01:00:00.000Z`)} where id = ${batchId}`;
    await work(practice, () => night);
    expect((await view(practice, batchId)).state).toBe("scheduled");
    await work(practice, () => morning);
    expect(await countReceived(practice, patientIds)).toMatchObject({ received: 3 });
  });

  it("messages that wait at the start of quiet hours are not held", async () => {
    const { practice, patientIds, batchId } = await prepare(2);
    await saveSettings(await practice.tenant.asOwner(), { quietFrom: "20:00", quietTo: "08:00" });
    const day = addDays(ukDateOf(new Date()), 2);
    await startNow(practice, batchId);
    const noon = new Date(`${day}T12:00:00.000Z`);
    await superuser`update message_batches set send_at = ${noon} where id = ${batchId}`;
    await advance(practice, noon);
    await releaseAll(practice, () => new Date(`${day}T23:00:00.000Z`));
    const states = await superuser`select state from messages where batch_id = ${batchId}`;
    expect(states.map(({ state }) => state)).toEqual(["scheduled", "scheduled"]);
    await work(practice, () => new Date(`${addDays(day, 1)}T09:00:00.000Z`));
    expect(await countReceived(practice, patientIds)).toMatchObject({ received: 2 });
  });

  it.each([
    ["reading", "getPatientById"],
    ["sending", "sendMessage"],
  ])(
    "a key that Hero refuses while %s pauses the batch and holds nothing",
    async (_, operation) => {
      const { practice, patientIds, batchId } = await prepare(4);
      await startNow(practice, batchId);
      await advance(practice);
      await injectFault({ operation, key: practice.apiKey, status: 401 });
      await work(practice);
      const paused = await view(practice, batchId);
      expect(paused).toMatchObject({ state: "paused", counts: { held: 0 } });
      expect(paused.pauseReason).toMatch(/Nothing more is sent until someone continues it\.$/);
      await superuser`update credentials set state = 'working' where tenant_id = ${practice.ctx.tenantId}`;
      await continueBatch(practice.ctx, { batchId });
      await work(practice);
      const { state, counts } = await view(practice, batchId);
      expect(state).toBe("finished");
      expect(counts.sent).toBe(operation === "sendMessage" ? 3 : 4);
      // A 401 may come from behind Hero's own work, so that one is unknown.
      expect(counts.sent + counts.notSent + counts.unknown).toBe(4);
      expect(await countReceived(practice, patientIds)).toMatchObject({
        received: counts.sent,
        most: 1,
      });
    },
  );

  it("a practice that is disconnected pauses its batch", async () => {
    const { practice, batchId } = await prepare(2);
    await startNow(practice, batchId);
    await advance(practice);
    await superuser`update practices set disconnected_at = now() where tenant_id = ${practice.ctx.tenantId}`;
    await work(practice);
    expect(await view(practice, batchId)).toMatchObject({
      state: "paused",
      pauseReason: "The practice is disconnected. Nothing more is sent until someone continues it.",
      counts: { toSend: 2, held: 0 },
    });
  });

  it("an author who lost the permission pauses the batch", async () => {
    const { practice, patientIds, batchId } = await prepare(2);
    await startNow(practice, batchId);
    const { actor, tenantId } = practice.ctx;
    if (actor.kind !== "person") throw new Error("Not a person.");
    await superuser`update memberships set role = 'viewer'
      where tenant_id = ${tenantId} and user_id = ${actor.userId}`;
    await work(practice);
    const owner = { ...practice, ctx: await practice.tenant.asOwner() };
    expect(await view(owner, batchId)).toMatchObject({ state: "paused", counts: { toSend: 2 } });
    expect(await countReceived(practice, patientIds)).toMatchObject({ received: 0 });
  });

  it("a recipient whose record has changed is held, and the others get theirs", async () => {
    const { practice, patientIds, batchId } = await prepare(4);
    const [changed = "", archived = ""] = patientIds;
    await changePatient(changed, { mobile: "07700 900661" });
    await changePatient(archived, { isArchived: true });
    await startNow(practice, batchId);
    await work(practice);
    expect(await view(practice, batchId)).toMatchObject({
      state: "finished",
      counts: { total: 4, sent: 2, held: 2, notSent: 2, unknown: 0 },
    });
    expect(await countReceived(practice, [changed, archived])).toMatchObject({ received: 0 });
  });

  it("20 messages in a row that are held pause the batch, and a person may continue it", async () => {
    const { practice, patientIds, batchId } = await prepare(23);
    for (const patientId of patientIds.slice(0, 22)) {
      await changePatient(patientId, { isArchived: true });
    }
    await startNow(practice, batchId);
    await setFirstSlice(batchId, null);
    await work(practice);
    const paused = await view(practice, batchId);
    expect(paused).toMatchObject({ state: "paused", counts: { held: 20, toSend: 3 } });
    expect(paused.pauseReason).toMatch(/^20 messages in a row/);
    await continueBatch(practice.ctx, { batchId });
    await work(practice);
    expect(await view(practice, batchId)).toMatchObject({
      state: "finished",
      counts: { held: 22, sent: 1 },
    });
  });

  it("lost replies leave recipients unknown permanently, and no one gets a second message", async () => {
    const { practice, patientIds, batchId } = await prepare(4);
    await startNow(practice, batchId);
    await injectFault({
      operation: "sendMessage",
      key: practice.apiKey,
      reset: true,
      afterWork: true,
      times: 2,
    });
    await work(practice);
    expect(await view(practice, batchId)).toMatchObject({
      state: "finished",
      counts: { sent: 2, unknown: 2, notSent: 0 },
    });
    expect(await countReceived(practice, patientIds)).toEqual({ received: 4, most: 1, sends: 4 });
  });

  it("a shared link that is closed meanwhile is not sent any more", async () => {
    const practice = await connectForMessages(await createTenant(), practiceGroupId);
    const link = await createBookingLink(practice.ctx, {
      operationId: randomUUID(),
      practiceId: practice.practiceId,
      ...(await firstBookingChoice(practice.ctx, practice.practiceId)),
      expiresOn: addDays(ukDateOf(new Date()), 7),
      maxUses: 5,
    });
    const patientIds = await createPatients(practiceGroupId, 2);
    const batchId = await createReadyBatch(practice, patientIds, {
      link: "shared",
      linkId: link.id,
    });
    await startNow(practice, batchId);
    await closeLink(practice.ctx, { linkId: link.id });
    await work(practice);
    expect(await view(practice, batchId)).toMatchObject({ counts: { held: 2, sent: 0 } });
    expect(await countReceived(practice, patientIds)).toMatchObject({ received: 0 });
  });
});

describe("erasure", () => {
  it("the text is erased some days after the end, and the mark of each recipient stays", async () => {
    const { practice, patientIds, batchId } = await prepare(2);
    await startNow(practice, batchId);
    await eraseBatchTexts(jobContext(practice), new Date(Date.now() + 400 * 24 * 3_600_000));
    expect((await view(practice, batchId)).hasText, "it is still to be sent").toBe(true);
    await work(practice);
    await eraseBatchTexts(jobContext(practice), new Date(Date.now() + 6 * 24 * 3_600_000));
    expect((await view(practice, batchId)).hasText).toBe(true);
    await eraseBatchTexts(jobContext(practice), new Date(Date.now() + 8 * 24 * 3_600_000));
    expect((await view(practice, batchId)).hasText).toBe(false);
    // Even if the batch were sent again.
    await superuser`update message_batches set state = 'sending', ended_at = null where id = ${batchId}`;
    await superuser`update message_recipients set is_queued = false where batch_id = ${batchId}`;
    await expect(work(practice)).rejects.toThrow(/not erased/);
    expect(await countReceived(practice, patientIds)).toEqual({ received: 2, most: 1, sends: 2 });
  });
});
