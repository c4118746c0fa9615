import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import {
  addMessageRecipientsInput,
  createMessageBatchFromLinksInput,
} from "@/server/schemas/message-batches";
import { createBookingLink } from "@/server/services/links/create";
import { addMessageRecipients } from "@/server/services/message-batches/add-recipients";
import { createMessageBatch } from "@/server/services/message-batches/create";
import { eraseBatchTexts } from "@/server/services/message-batches/erase";
import { createMessageBatchFromLinks } from "@/server/services/message-batches/from-links";
import { previewRecipient } from "@/server/services/message-batches/preview";
import { findBatchByOperation, listMessageBatches } from "@/server/services/message-batches/read";
import { checkMessageBatch } from "@/server/services/message-batches/request-check";
import { createTenantPair, firstBookingChoice } from "../../support/tenants";
import {
  connectForMessages,
  createPatient,
  jobContext,
  listActions,
  type MessagePractice,
  superuser,
} from "../messages/support";
import {
  type BatchChanges,
  batchInput,
  createBatch,
  createCheckedBatch,
  createRecipient,
  listCodes,
  listStored,
  completeChecks,
} from "./support";

const practiceGroupId = "20533";

let practice: MessagePractice;
let other: MessagePractice;
beforeAll(async () => {
  const { first, second } = await createTenantPair();
  practice = await connectForMessages(first, practiceGroupId);
  other = await connectForMessages(second, practiceGroupId);
});

async function createLink(patientId?: string, from = practice) {
  const { ctx, practiceId } = from;
  return createBookingLink(ctx, {
    operationId: randomUUID(),
    practiceId,
    ...(await firstBookingChoice(ctx, practiceId)),
    ...(patientId && { patientId }),
    slotsFrom: addDays(ukDateOf(new Date()), 1),
    slotsTo: addDays(ukDateOf(new Date()), 10),
    expiresOn: addDays(ukDateOf(new Date()), 20),
    maxUses: patientId ? 1 : 100,
  });
}

const create = (changes: BatchChanges = {}, from = practice) =>
  createMessageBatch(from.ctx, batchInput(practice, changes));

describe("a new batch", () => {
  it("a repeat of the request returns the same batch, another request with its ID is refused", async () => {
    const input = batchInput(practice);
    const [first, second] = [
      await createMessageBatch(practice.ctx, input),
      await createMessageBatch(practice.ctx, input),
    ];
    expect(second.id).toBe(first.id);
    expect(first).toMatchObject({ state: "collecting", rowCount: 1, counts: { total: 0 } });
    expect(await listActions(first.id)).toEqual(["message_batch.created"]);
    await expect(
      createMessageBatch(practice.ctx, { ...input, text: "Another text." }),
    ).rejects.toThrow("different values");
    const { operationId } = input;
    expect(await findBatchByOperation(practice.ctx, { operationId })).toEqual({
      batchId: first.id,
    });
    expect(await findBatchByOperation(other.ctx, { operationId })).toBeNull();
    const listed = await listMessageBatches(practice.ctx, {});
    expect(listed.items.map(({ id }) => id)).toContain(first.id);
    expect((await listMessageBatches(other.ctx, {})).items).toEqual([]);
  });

  it.each<[string, BatchChanges, string]>([
    ["a fallback of a text message", { fallbackChannel: "email" }, "fallbackChannel"],
    ["an unknown variable", { text: "Dear {{name}}." }, "text"],
    ["a link variable without a link", { text: "Book at {{link}} now." }, "text"],
    ["a leftover brace", { text: "Dear {{first_name}." }, "text"],
    ["no shared link", { link: "shared" }, "linkId"],
    ["reminders without personal links", { reminders: { afterDays: 7 } }, "reminders"],
    [
      "reminders with a text that cannot be sent",
      { link: "own", reminders: { afterDays: 7, text: "Dear {{name}}." } },
      "reminders.text",
    ],
  ])("%s is refused at its field", async (_, changes, field) => {
    await expect(create(changes)).rejects.toMatchObject({ field });
  });

  it("a link of one patient, of another practice or that is closed is not for all", async () => {
    const neighbour = await connectForMessages(practice.tenant, "20690");
    const [personal, elsewhere, generic] = [
      await createLink(await createPatient(practiceGroupId)),
      await createLink(undefined, neighbour),
      await createLink(),
    ];
    for (const { id } of [personal, elsewhere]) {
      await expect(create({ link: "shared", linkId: id })).rejects.toMatchObject({
        field: "linkId",
      });
    }
    await expect(create({ linkId: generic.id })).rejects.toMatchObject({ field: "linkId" });
    const created = await create({ link: "shared", linkId: generic.id });
    expect(created.sharedLink?.id).toBe(generic.id);
    await superuser`update links set closed_at = now() where id = ${generic.id}`;
    await expect(create({ link: "shared", linkId: generic.id })).rejects.toMatchObject({
      field: "linkId",
    });
    const foreign = await createLink(undefined, other);
    await expect(create({ link: "shared", linkId: foreign.id })).rejects.toThrow("Not found.");
    await expect(create({}, other)).rejects.toThrow("Not found.");
  });

  it("a channel that the practice has not turned on is refused", async () => {
    const [before] = await superuser<{ capabilities: string[] }[]>`
      select capabilities from practices where id = ${practice.practiceId}`;
    await superuser`update practices set capabilities = array['email_messaging'] where id = ${practice.practiceId}`;
    try {
      await expect(create()).rejects.toMatchObject({ field: "channel" });
    } finally {
      await superuser`update practices set capabilities = ${before?.capabilities ?? []} where id = ${practice.practiceId}`;
    }
  });
});

describe("recipients of a file", () => {
  it("a chunk that is sent again adds nothing, and what rows say is sealed", async () => {
    const { row, searchNhsNumber } = await createRecipient(practiceGroupId);
    const batch = await createBatch(practice, [row], { rowCount: 2 });
    const chunk = addMessageRecipientsInput.parse({
      batchId: batch.id,
      rows: [
        { rowNumber: 2, patientId: "901" },
        { rowNumber: 7, patientId: "902" },
      ],
    });
    expect((await addMessageRecipients(practice.ctx, chunk)).counts.total).toBe(2);
    expect((await addMessageRecipients(practice.ctx, chunk)).counts.total).toBe(2);
    const stored = await superuser`
      select * from message_recipients where batch_id = ${batch.id} order by row_number`;
    expect(stored).toHaveLength(2);
    expect(JSON.stringify(stored)).not.toContain(searchNhsNumber);
    for (const each of stored) {
      expect(each.patient_id).toBeNull();
      expect((each.sealed as Buffer).toString("latin1")).not.toContain(searchNhsNumber);
    }
    await expect(
      addMessageRecipients(practice.ctx, { ...chunk, rows: [{ rowNumber: 9, patientId: "903" }] }),
    ).rejects.toThrow("more rows than announced");
    await expect(addMessageRecipients(other.ctx, chunk)).rejects.toThrow("Not found.");
  });

  it("a batch that is not checked within a day loses its text and what its rows say", async () => {
    const { row } = await createRecipient(practiceGroupId);
    const { id } = await createBatch(practice, [row]);
    const day = 24 * 3_600_000;
    await eraseBatchTexts(jobContext(practice), new Date(Date.now() + day - 60_000));
    expect((await listStored(id))[0]?.sealed).not.toBeNull();
    await eraseBatchTexts(jobContext(practice), new Date(Date.now() + day + 60_000));
    expect((await listStored(id))[0]?.sealed).toBeNull();
    await expect(checkMessageBatch(practice.ctx, { batchId: id })).rejects.toThrow("was deleted");
  });

  it("50,000 rows with many kinds of fault are read in seconds, each fault at its row", () => {
    const wrong: Record<string, unknown>[] = [
      {},
      { patientId: "P901" },
      { patientId: "9 0 1" },
      { patientId: "1".repeat(100) },
      { patientId: 901 },
      { patientId: "901", rowNumber: 0 },
      { patientId: "901", rowNumber: 1.5 },
      { patientId: "901", otherDetails: { dateOfBirth: "1980-02-30" } },
      { patientId: "901", otherDetails: { forename: "a\u0000b" } },
      { patientId: "901", otherDetails: { postcode: "1" } },
      ...["999 000 0019", "12345", "", "٩٩٩٠٠٠٠٠١٨", "9990000018\u202e"].map((nhsNumber) => ({
        identity: { by: "nhs_number", nhsNumber, dateOfBirth: "1980-01-01" },
      })),
      ...["1980-13-01", "01/01/1980", "2999-01-01", ""].map((dateOfBirth) => ({
        identity: { by: "nhs_number", nhsNumber: "9990000018", dateOfBirth },
      })),
      {
        identity: { by: "details", surname: "Lee", dateOfBirth: "1980-01-01", postcode: "AS1 6XX" },
      },
    ];
    let faults = 0;
    for (let start = 0; start < 50_000; start += 1_000) {
      const rows = Array.from({ length: 1_000 }, (_, index) => ({
        rowNumber: start + index + 2,
        ...(index % 2 === 0 ? { patientId: "901" } : wrong[(start + index) % wrong.length]),
      }));
      const { error } = addMessageRecipientsInput.safeParse({ batchId: randomUUID(), rows });
      faults += new Set(error?.issues.map(({ path }) => path[1])).size;
    }
    expect(faults).toBe(25_000);
  });
});

describe("recipients with links", () => {
  const createFromLinks = (changes: Record<string, unknown> = {}, from = practice) =>
    createMessageBatchFromLinks(
      from.ctx,
      createMessageBatchFromLinksInput.parse({
        operationId: randomUUID(),
        name: "Flu clinic",
        practiceId: practice.practiceId,
        channel: "sms",
        text: "Dear {{first_name}}, please book: {{link}}",
        link: "own",
        filters: {},
        ...changes,
      }),
    );

  it("each patient of the links is one recipient, with the newest link", async () => {
    const tag = `t${randomUUID().slice(0, 8)}`;
    const patients = await Promise.all(
      Array.from({ length: 3 }, () => createPatient(practiceGroupId)),
    );
    const [first, second, third] = patients;
    const links = [
      await createLink(first),
      await createLink(second),
      await createLink(first),
      await createLink(),
      await createLink(third),
    ];
    const [, , newest, , booked] = links;
    for (const { id } of links) {
      await superuser`update links set tags = ${[tag]} where id = ${id}`;
      await superuser`insert into link_search_terms (tenant_id, environment, term, link_id)
        select tenant_id, environment, ${`#${tag}`}, id from links where id = ${id}`;
    }
    await superuser`update links set uses = 1 where id = ${booked?.id ?? ""}`;
    const operationId = randomUUID();
    const batch = await createFromLinks({ operationId, filters: { tag } });
    expect(batch).toMatchObject({ state: "checking", rowCount: 3 });
    expect((await createFromLinks({ operationId, filters: { tag } })).id).toBe(batch.id);
    await completeChecks(practice);
    const stored = await superuser<{ patient_id: string; link_id: string; reason_code: string }[]>`
      select patient_id, link_id, reason_code from message_recipients
      where batch_id = ${batch.id} order by row_number`;
    expect(stored.map(({ patient_id, reason_code }) => [patient_id, reason_code])).toEqual([
      [second, null],
      [first, null],
      [third, "already_booked"],
    ]);
    expect(stored[1]?.link_id).toBe(newest?.id);
    const preview = await previewRecipient(practice.ctx, { batchId: batch.id, rowNumber: 2 });
    expect(preview.text).toContain(newest?.url);

    await expect(createFromLinks({ filters: { tag: "nobody" } })).rejects.toMatchObject({
      field: "filters",
    });
    const elsewhere = createFromLinks({ practiceId: other.practiceId, filters: { tag } }, other);
    await expect(elsewhere).rejects.toMatchObject({ field: "filters" });
  });

  it("patients of a file have their own link if exactly one works", async () => {
    const recipients = await Promise.all(
      Array.from({ length: 4 }, () => createRecipient(practiceGroupId)),
    );
    const [one, none, two, booked] = recipients;
    await createLink(one?.patientId);
    await createLink(two?.patientId);
    await createLink(two?.patientId);
    const used = await createLink(booked?.patientId);
    await superuser`update links set uses = 1 where id = ${used.id}`;
    const batch = await createCheckedBatch(
      practice,
      [one, none, two, booked].flatMap((recipient) => (recipient ? [recipient.row] : [])),
      { link: "own", text: "Please book: {{link}}" },
    );
    expect(await listCodes(batch.id)).toEqual([
      "included",
      "no_link",
      "several_links",
      "already_booked",
    ]);
  });
});
