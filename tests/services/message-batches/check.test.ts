import { beforeAll, describe, expect, it } from "vitest";
import { getMessageBatch } from "@/server/services/message-batches/read";
import { checkMessageBatch } from "@/server/services/message-batches/request-check";
import { setSensitiveContact } from "@/server/services/messages/sensitive";
import { areLookupsPaused } from "@/server/services/patients/lookup-limit";
import { actorId } from "@/server/tenancy/context";
import { changePatient, injectFault, listHeroCalls } from "../../support/hero";
import { createTenantPair } from "../../support/tenants";
import {
  connectForMessages,
  createPatient,
  listActions,
  type MessagePractice,
  request,
  saveSettings,
  superuser,
} from "../messages/support";
import {
  checkBatch,
  completeChecks,
  createBatch,
  createCheckedBatch,
  createRecipient,
  listCodes,
  listStored,
  type RecipientRow,
  runChecks,
} from "./support";

const practiceGroupId = "30183";

let practice: MessagePractice;
let other: MessagePractice;
beforeAll(async () => {
  const { first, second } = await createTenantPair();
  practice = await connectForMessages(first, practiceGroupId);
  other = await connectForMessages(second, practiceGroupId);
});

const seconds = (count: number) => () => new Date(Date.now() + count * 1_000);

describe("who gets the message of a batch", () => {
  it.each([
    ["found", "included", null],
    ["deceased", "excluded", "died"],
    ["archived", "excluded", "archived"],
    ["restricted", "excluded", "restricted"],
    ["not_found", "excluded", "not_found"],
    ["must_verify", "excluded", "verification_required"],
    ["superseded_number", "excluded", "differs"],
    ["no_contact_details", "excluded", "contact"],
    ["premium_number", "excluded", "contact"],
    ["child", "excluded", "under_16"],
  ])("a patient of the case %s is %s", async (name, state, code) => {
    const { row } = await createRecipient(practiceGroupId, name);
    const batch = await createCheckedBatch(practice, [row]);
    expect(batch.state).toBe("ready");
    const [stored] = await listStored(batch.id);
    expect(stored).toMatchObject({ state, reason_code: code, sealed: null });
    expect(stored?.reason ?? "Nothing.").toMatch(/^[A-Z].*\.$/);
    expect(batch.counts).toMatchObject(
      state === "included" ? { included: 1, excluded: 0 } : { included: 0, excluded: 1 },
    );
  });

  it("a patient whose contact is sensitive gets no text message", async () => {
    const { row, patientId } = await createRecipient(practiceGroupId);
    const { ctx, practiceId } = practice;
    await setSensitiveContact(ctx, { practiceId, patientId, isSensitive: true });
    const { id } = await createCheckedBatch(practice, [row]);
    expect(await listCodes(id)).toEqual(["sensitive_contact"]);
  });

  it("a patient who had a message this week is left out, unless the setting says otherwise", async () => {
    const { row, patientId } = await createRecipient(practiceGroupId);
    await request(practice, patientId);
    const { id } = await createCheckedBatch(practice, [row]);
    expect(await listCodes(id)).toEqual(["recent_message"]);
    const owner = await practice.tenant.asOwner();
    await saveSettings(owner, { recentDays: 0 });
    try {
      const again = await createCheckedBatch(practice, [row]);
      expect(await listCodes(again.id)).toEqual(["included"]);
    } finally {
      await saveSettings(owner);
    }
  });

  it("a Hero patient ID of nobody, or with another date of birth, is not a patient", async () => {
    const { patientId, dateOfBirth } = await createRecipient(practiceGroupId);
    const { id } = await createCheckedBatch(practice, [
      { patientId: "999999999" },
      { patientId, otherDetails: { dateOfBirth: "1901-01-01" } },
      { patientId, otherDetails: { dateOfBirth } },
    ]);
    expect(await listCodes(id)).toEqual(["not_found", "differs", "included"]);
  });

  it("rows of one patient, spelled in five ways, are one recipient: the first row", async () => {
    const patient = await createRecipient(practiceGroupId);
    const { patientId, dateOfBirth, searchNhsNumber: number } = patient;
    const spaced = `${number.slice(0, 3)} ${number.slice(3, 6)} ${number.slice(6)}`;
    const rows: RecipientRow[] = [
      { identity: { by: "nhs_number", nhsNumber: number, dateOfBirth } },
      { identity: { by: "nhs_number", nhsNumber: spaced, dateOfBirth } },
      {
        identity: {
          by: "details",
          forename: patient.firstName.toUpperCase(),
          surname: patient.lastName.toLowerCase(),
          dateOfBirth,
          postcode: patient.postcode.replace(" ", "").toLowerCase(),
        },
      },
      { patientId },
      { patientId, otherDetails: { dateOfBirth, forename: patient.firstName } },
    ];
    const batch = await createCheckedBatch(practice, rows);
    expect(await listCodes(batch.id)).toEqual(["included", ...Array(4).fill("same_patient")]);
    expect(batch.counts).toMatchObject({ total: 5, included: 1, excluded: 4, toSend: 1 });
  });
});

describe("the check of a batch", () => {
  it("starts when all recipients were received, and only once", async () => {
    const { row } = await createRecipient(practiceGroupId);
    const batch = await createBatch(practice, [row], { rowCount: 2 });
    const { ctx } = practice;
    await expect(checkMessageBatch(ctx, { batchId: batch.id })).rejects.toThrow("Only 1 of 2");
    await superuser`update message_batches set row_count = 1 where id = ${batch.id}`;
    const states = await Promise.all([
      checkMessageBatch(ctx, { batchId: batch.id }),
      checkMessageBatch(ctx, { batchId: batch.id }),
    ]);
    expect(states.map(({ state }) => state)).toEqual(["checking", "checking"]);
    await completeChecks(practice);
    expect((await getMessageBatch(ctx, { batchId: batch.id })).state).toBe("ready");
  });

  it("another organisation finds no batch", async () => {
    const { row } = await createRecipient(practiceGroupId);
    const { id } = await createCheckedBatch(practice, [row]);
    await expect(getMessageBatch(other.ctx, { batchId: id })).rejects.toThrow("Not found.");
    await expect(checkMessageBatch(other.ctx, { batchId: id })).rejects.toThrow("Not found.");
  });

  it("two workers at once look up each recipient once", async () => {
    const count = 12;
    const rows = await Promise.all(
      Array.from({ length: count }, async () => (await createRecipient(practiceGroupId)).row),
    );
    const batch = await createBatch(practice, rows);
    await checkMessageBatch(practice.ctx, { batchId: batch.id });
    const countCalls = async () =>
      (await listHeroCalls(practice.apiKey, "registerPatientPds")).length;
    const before = await countCalls();
    await Promise.all([runChecks(practice), runChecks(practice)]);
    await runChecks(practice);
    expect(await listCodes(batch.id)).toEqual(Array(count).fill("included"));
    expect((await countCalls()) - before).toBe(count);
  });

  it("a recipient that a dead worker had is checked when the lease ends", async () => {
    const { row } = await createRecipient(practiceGroupId);
    const batch = await createBatch(practice, [row]);
    await checkMessageBatch(practice.ctx, { batchId: batch.id });
    await superuser`update message_recipients set leased_until = now() + interval '60 seconds'
      where batch_id = ${batch.id}`;
    await runChecks(practice);
    expect(await listCodes(batch.id)).toEqual(["waiting"]);
    await runChecks(practice, seconds(61));
    expect(await listCodes(batch.id)).toEqual(["included"]);
  });

  it("a recipient without an answer from Hero is tried three times, and then not checked", async () => {
    const { row } = await createRecipient(practiceGroupId, "several_matches");
    const batch = await createBatch(practice, [row]);
    await checkMessageBatch(practice.ctx, { batchId: batch.id });
    await runChecks(practice);
    expect(await listCodes(batch.id)).toEqual(["unanswered_once"]);
    await runChecks(practice, seconds(6));
    expect(await listCodes(batch.id)).toEqual(["unanswered_twice"]);
    await runChecks(practice, seconds(30));
    expect(await listCodes(batch.id)).toEqual(["no_answer"]);
    const { state, counts } = await getMessageBatch(practice.ctx, { batchId: batch.id });
    expect(state).toBe("ready");
    expect(counts).toMatchObject({ notChecked: 1, notSent: 1, toSend: 0 });
    // The row still says who it is for, to be checked again.
    expect((await listStored(batch.id))[0]?.sealed).not.toBeNull();
  });

  it("pauses when Hero is away, until a person continues it", { timeout: 60_000 }, async () => {
    const away = await connectForMessages(practice.tenant, "20533");
    const patientIds = await Promise.all(Array.from({ length: 22 }, () => createPatient("20533")));
    const batch = await createBatch(
      away,
      patientIds.map((patientId) => ({ patientId })),
    );
    await injectFault({
      operation: "getPatientById",
      key: away.apiKey,
      malformed: true,
      times: 500,
    });
    await checkMessageBatch(away.ctx, { batchId: batch.id });
    await runChecks(away);
    const paused = await getMessageBatch(away.ctx, { batchId: batch.id });
    expect(paused.state).toBe("checking");
    expect(paused.pauseReason).toContain("Hero did not answer for many recipients");
    expect(await listActions(batch.id)).toEqual(["message_batch.created", "message_batch.paused"]);
    const calls = (await listHeroCalls(away.apiKey, "getPatientById")).length;
    await runChecks(away, seconds(3_600));
    expect((await listHeroCalls(away.apiKey, "getPatientById")).length).toBe(calls);

    const continued = await checkMessageBatch(away.ctx, { batchId: batch.id });
    expect(continued).toMatchObject({ state: "checking", pauseReason: null });
    // Every recipient has all tries again.
    expect(await listCodes(batch.id)).toEqual(Array(22).fill("waiting"));
  });
  it("pauses after too many look-ups that matched nobody, and tells the owners", async () => {
    const searching = await connectForMessages(practice.tenant, "20690");
    const nobody = (index: number): RecipientRow => ({
      identity: {
        by: "details",
        forename: `Nobody${index}`,
        surname: "Here",
        dateOfBirth: "1980-01-01",
        postcode: "KT2 6QW",
      },
    });
    const batch = await createBatch(
      searching,
      Array.from({ length: 40 }, (_, index) => nobody(index)),
    );
    await checkMessageBatch(searching.ctx, { batchId: batch.id });
    await runChecks(searching);
    const { counts, pauseReason } = await getMessageBatch(searching.ctx, { batchId: batch.id });
    expect(pauseReason).toContain("Too many look-ups did not match");
    expect(counts.excluded).toBeGreaterThan(20);
    expect(counts.excluded).toBeLessThanOrEqual(24);
    const [job] = await superuser<{ data: unknown }[]>`
      select data from pgboss.job where name = 'look-up-limit-mail'
        and data->>'messageBatchId' = ${batch.id}`;
    expect(job?.data).toMatchObject({ personId: actorId(searching.ctx) });
    // Their look-ups on the screen are paused as well.
    expect(await areLookupsPaused(searching.ctx, actorId(searching.ctx))).toBe(true);
  });

  it("a check again reads those who were included, and leaves the others out", async () => {
    const [first, second] = [
      await createRecipient(practiceGroupId),
      await createRecipient(practiceGroupId),
    ];
    const { row: child } = await createRecipient(practiceGroupId, "child");
    const batch = await createCheckedBatch(practice, [first.row, second.row, child]);
    expect(batch.counts).toMatchObject({ included: 2, excluded: 1 });
    await changePatient(second.patientId, { deceasedOn: "2026-11-01" });
    const again = await checkBatch(practice, batch);
    expect(again).toMatchObject({ state: "ready", counts: { included: 1, excluded: 2 } });
    expect(await listCodes(batch.id)).toEqual(["included", "died", "under_16"]);
  });
});
