import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from "@/server/errors";
import { fingerprint } from "@/server/crypto/tokens";
import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { checkBulkUpload } from "@/server/services/bulk-uploads/check";
import {
  cancelBulkUpload,
  expireBulkUpload,
  pauseBulkUpload,
  resumeBulkUpload,
  startBulkUpload,
} from "@/server/services/bulk-uploads/control";
import { addBulkUploadRows, createBulkUpload } from "@/server/services/bulk-uploads/create";
import {
  getBulkUpload,
  listBulkUploadRows,
  exportBulkUploadResult,
} from "@/server/services/bulk-uploads/read";
import { saveRowOutcome } from "@/server/services/bulk-uploads/rows";
import { listBulkUploadsToSweep } from "@/server/services/housekeeping";
import { runBulkUpload } from "@/server/services/bulk-uploads/run";
import { listLinks } from "@/server/services/links/read";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import {
  getSandboxPractice,
  injectFault,
  injectPatient,
  listHeroCalls,
  listGeneratedPatients,
  listTestPatients,
} from "../support/hero";
import { createTenantPair, firstBookingChoice } from "../support/tenants";

const superuser = connectAsSuperuser();
const { signal } = new AbortController();
const expiresOn = addDays(ukDateOf(new Date()), 7);

let ownCtx: TenantContext;
let otherCtx: TenantContext;
let viewer: TenantContext;
let practiceId: string;
let otherPracticeId: string;
let apiKey: string;
let choice: { appointmentTypeId: string; locationId: string };
/** A practice with a key of its own, for faults that outlast a test. */
let unclear: { practiceId: string; apiKey: string; choice: typeof choice };

beforeAll(async () => {
  const tenants = await createTenantPair();
  const practice = await getSandboxPractice("30183", "c");
  ({ apiKey } = practice);
  practiceId = (await tenants.first.connect(practice)).id;
  otherPracticeId = (await tenants.second.connect(await getSandboxPractice("30183", "b"))).id;
  ownCtx = await tenants.first.asOwner();
  otherCtx = await tenants.second.asOwner();
  viewer = await tenants.first.asRole("viewer");
  choice = await firstBookingChoice(ownCtx, practiceId);
  const unclearPractice = await getSandboxPractice("30182", "c");
  const unclearId = (await tenants.first.connect(unclearPractice)).id;
  unclear = {
    practiceId: unclearId,
    apiKey: unclearPractice.apiKey,
    choice: await firstBookingChoice(ownCtx, unclearId),
  };
});

const createRow = (rowNumber: number, overrides: Partial<BulkUploadRow> = {}): BulkUploadRow =>
  ({
    rowNumber,
    reference: `ref-${rowNumber}`,
    practiceId,
    ...choice,
    expiresOn,
    maxUses: 1,
    ...overrides,
  }) as BulkUploadRow;

async function createFilledBulkUpload(rows: BulkUploadRow[], ctx = ownCtx) {
  const bulkUpload = await createBulkUpload(ctx, {
    operationId: randomUUID(),
    name: "Flu letters",
    kind: rows[0]?.formId ? "form" : "booking",
    rowCount: rows.length,
    columns: { reference: "Ref", nhsNumber: "NHS no" },
    // The tests of this file share their patients.
    allowsDuplicates: true,
  });
  return addBulkUploadRows(ctx, { bulkUploadId: bulkUpload.id, rows });
}

async function startNewBulkUpload(rows: BulkUploadRow[], ctx = ownCtx) {
  const { id } = await createFilledBulkUpload(rows, ctx);
  await startBulkUpload(ctx, { bulkUploadId: id, confirmedRecipients: rows.length });
  return id;
}

const runToEnd = async (bulkUploadId: string, ctx = ownCtx) => {
  // A run ends after four seconds, which a busy machine may need for a few rows.
  for (let runs = 0; runs < 10 && (await runBulkUpload(ctx, bulkUploadId, signal)); runs += 1);
  return getBulkUpload(ctx, { bulkUploadId });
};

const identityOf = (patient: {
  nhsNumber: string;
  dateOfBirth: string;
}): Pick<BulkUploadRow, "identity"> => ({
  identity: { by: "nhs_number", nhsNumber: patient.nhsNumber, dateOfBirth: patient.dateOfBirth },
});

const storedRows = (bulkUploadId: string) => superuser`
  select row_number, state::text, sealed, patient_id, row_to_json(bulk_upload_rows)::text as everything
  from bulk_upload_rows where bulk_upload_id = ${bulkUploadId} order by row_number`;

async function readResult(bulkUploadId: string, ctx = ownCtx): Promise<string> {
  let text = "";
  for await (const chunk of (await exportBulkUploadResult(ctx, { bulkUploadId })).chunks)
    text += chunk;
  return text;
}

describe("a bulk upload", () => {
  it("a bulk upload creates a link for each row, looks up patients and deletes their details", async () => {
    const patients = await listGeneratedPatients(3);
    const bulkUploadId = await startNewBulkUpload([
      ...patients.map((patient, index) => createRow(index + 1, identityOf(patient))),
      createRow(4, { maxUses: 5 }),
    ]);
    const sealedRows = await storedRows(bulkUploadId);
    expect(sealedRows.map((row) => row.sealed !== null)).toEqual([true, true, true, false]);
    for (const { everything } of sealedRows)
      expect(everything).not.toContain(patients[0]?.nhsNumber);

    const bulkUpload = await runToEnd(bulkUploadId);
    expect(bulkUpload).toMatchObject({
      state: "finished",
      counts: { created: 4, failed: 0, unknown: 0 },
    });
    const rowsAfter = await storedRows(bulkUploadId);
    expect(rowsAfter.every((row) => row.sealed === null)).toBe(true);
    const { items } = await listLinks(ownCtx, { bulkUploadId });
    expect(items).toHaveLength(4);
    expect(items.map(({ reference }) => reference ?? "").toSorted()).toEqual([
      "ref-1",
      "ref-2",
      "ref-3",
      "ref-4",
    ]);
    expect(items.filter(({ patientId }) => patientId !== null)).toHaveLength(3);
    expect(new Set(items.map(({ url }) => url)).size).toBe(4);
  });

  it("B9: links get their row's tags, and the result keeps the file's columns without patients", async () => {
    const [patient] = await listGeneratedPatients(1);
    const { id: bulkUploadId } = await createBulkUpload(ownCtx, {
      operationId: randomUUID(),
      name: "Tagged letters",
      kind: "booking",
      rowCount: 2,
      columns: {
        reference: "Ref",
        nhsNumber: "NHS no",
        dateOfBirth: "Born",
        tags: "Campaign",
        expiresOn: "Valid until",
        appointmentType: "Type",
        maxUses: "Uses",
      },
      allowsDuplicates: true,
    });
    await addBulkUploadRows(ownCtx, {
      bulkUploadId,
      rows: [
        createRow(2, { ...(patient && identityOf(patient)), tags: ["flu", "over 65"] }),
        createRow(3, { maxUses: 4 }),
      ],
    });
    await startBulkUpload(ownCtx, { bulkUploadId, confirmedRecipients: 2 });
    expect((await runToEnd(bulkUploadId)).counts.created).toBe(2);
    const { items } = await listLinks(ownCtx, { bulkUploadId });
    const tagsOf = new Map(items.map(({ reference, tags }) => [reference, tags]));
    expect(tagsOf.get("ref-2")).toEqual(["flu", "over 65"]);
    expect(tagsOf.get("ref-3")).toEqual([]);
    const [header, first, second] = (await readResult(bulkUploadId)).split("\r\n");
    expect(header).toBe("\ufeffrow,reference,link,state,reason,Type,Campaign,Valid until,Uses");
    expect(first).toMatch(new RegExp(`^2,.*,[^,]+,"flu, over 65",${expiresOn},1$`));
    expect(second).toMatch(new RegExp(`^3,.*,[^,]+,,${expiresOn},4$`));
  });

  it("each rejected row has a reason, and the others are created", async () => {
    const registered = await listTestPatients("30183");
    const unregistered = await listTestPatients(null);
    const restricted = registered.find((patient) => patient.isRestricted);
    const needsLogin = unregistered.find((patient) => patient.needsLogin);
    const [patients] = await listGeneratedPatients(1);
    if (!restricted || !needsLogin || !patients) throw new Error("The sandbox lacks somebody.");
    const bulkUploadId = await startNewBulkUpload([
      createRow(1, identityOf({ ...patients, dateOfBirth: "1999-01-01" })),
      createRow(2, identityOf(needsLogin)),
      createRow(3, identityOf(restricted)),
      createRow(4, { appointmentTypeId: "99999999" }),
      createRow(5),
    ]);
    const bulkUpload = await runToEnd(bulkUploadId);
    expect(bulkUpload).toMatchObject({ state: "finished", counts: { created: 1, failed: 4 } });
    const { items } = await listBulkUploadRows(ownCtx, { bulkUploadId, state: "failed" });
    expect(items.map(({ reason }) => reason)).toEqual([
      expect.stringContaining("no matching patient"),
      expect.stringContaining("the patient must verify it first"),
      expect.stringContaining("restricted"),
      expect.stringContaining("does not have this appointment type"),
    ]);
    expect((await storedRows(bulkUploadId)).every((row) => row.sealed === null)).toBe(true);
  });

  it("a row without a response stays unknown, and is never requested again", async () => {
    const bulkUploadId = await startNewBulkUpload([createRow(1), createRow(2), createRow(3)]);
    const before = (await listHeroCalls(apiKey, "createBookingLink")).length;
    await injectFault({
      operation: "createBookingLink",
      key: apiKey,
      times: 1,
      afterWork: true,
      reset: true,
    });
    expect(await runToEnd(bulkUploadId)).toMatchObject({
      state: "finished",
      counts: { created: 2, unknown: 1 },
    });
    await runToEnd(bulkUploadId);
    expect((await listHeroCalls(apiKey, "createBookingLink")).length - before).toBe(3);
  });

  it("a row waits when Hero limits requests, and is retried until its link is created", async () => {
    // A8: an expiry of its own, so that Hero's list proves that nothing was created.
    const own = { expiresOn: addDays(expiresOn, 50) };
    const bulkUploadId = await startNewBulkUpload([createRow(1, own), createRow(2, own)]);
    await injectFault({
      operation: "createBookingLink",
      key: apiKey,
      times: 2,
      status: 429,
      retryAfter: 0,
    });
    expect(await runToEnd(bulkUploadId)).toMatchObject({
      state: "finished",
      counts: { created: 2, failed: 0 },
    });
    expect((await listLinks(ownCtx, { bulkUploadId })).items.map(({ state }) => state)).toEqual([
      "live",
      "live",
    ]);
  });

  it("A8: a row whose link Hero may have created before it replied 429 is unknown, and sent once", async () => {
    const before = (await listHeroCalls(apiKey, "createBookingLink")).length;
    const bulkUploadId = await startNewBulkUpload([
      createRow(1, { expiresOn: addDays(expiresOn, 52) }),
    ]);
    await injectFault({
      operation: "createBookingLink",
      key: apiKey,
      status: 429,
      retryAfter: 0,
      afterWork: true,
    });
    expect(await runToEnd(bulkUploadId)).toMatchObject({ counts: { unknown: 1 } });
    expect((await listHeroCalls(apiKey, "createBookingLink")).length - before).toBe(1);
  });

  it("A1: a restricted patient gets no link, and no row is created while that cannot be checked", async () => {
    const [restricted, ordinary] = await listGeneratedPatients(2);
    const registered = (await listTestPatients("30183")).find(
      (patient) => !patient.isArchived && !patient.isRestricted && !patient.isDeceased,
    );
    if (!restricted || !ordinary || !registered?.patientId) throw new Error("No patients.");
    const { patientId } = registered;
    const countCreated = async () => (await listHeroCalls(apiKey, "createBookingLink")).length;
    const before = await countCreated();
    // A read is attempted three times after a 503.
    await injectFault({ operation: "getPatientById", key: apiKey, status: 503, times: 6 });
    await injectFault({
      operation: "getPatientById",
      key: apiKey,
      status: 200,
      body: "<html>Bad gateway</html>",
      times: 4,
    });
    const bulkUploadId = await startNewBulkUpload([
      createRow(1, identityOf(ordinary)),
      createRow(2, { patientId }),
    ]);
    expect(await runToEnd(bulkUploadId)).toMatchObject({ counts: { created: 2, failed: 0 } });
    expect((await countCreated()) - before).toBe(2);

    await injectPatient({ key: apiKey }, { id: patientId, restricted: true });
    const refused = await runToEnd(await startNewBulkUpload([createRow(1, { patientId })]));
    expect(refused).toMatchObject({ counts: { created: 0, failed: 1 } });
    expect((await countCreated()) - before).toBe(2);
  });

  /** Rows of a practice whose patients Hero never names. */
  async function createUnclearRows(patients: Pick<BulkUploadRow, "identity">[]) {
    await injectFault({
      operation: "registerPatientPds",
      key: unclear.apiKey,
      status: 200,
      body: JSON.stringify({ message: "queued" }),
      times: 1000,
    });
    return patients.map((patient, index) =>
      createRow(index + 1, { practiceId: unclear.practiceId, ...unclear.choice, ...patient }),
    );
  }

  it("A1: rows whose patients cannot be checked do not keep the others back, and pause the upload", async () => {
    const rows = await createUnclearRows((await listGeneratedPatients(9)).map(identityOf));
    const paused = await runToEnd(
      await startNewBulkUpload([...rows, createRow(10), createRow(11)]),
    );
    expect(paused).toMatchObject({ state: "paused", counts: { created: 2, waiting: 9 } });
    expect(paused.pauseReason).toContain("did not answer clearly");
  });

  it("A1: a row that cannot be checked for ten minutes pauses the upload, which can be resumed", async () => {
    const rows = await createUnclearRows((await listGeneratedPatients(1)).map(identityOf));
    const bulkUploadId = await startNewBulkUpload(rows);
    expect(await runBulkUpload(ownCtx, bulkUploadId, signal)).toBe(true);
    await superuser`update bulk_upload_rows set started_at = started_at - interval '10 minutes'
      where bulk_upload_id = ${bulkUploadId}`;
    const paused = await runToEnd(bulkUploadId);
    expect(paused).toMatchObject({ state: "paused", counts: { waiting: 1 } });
    expect(paused.pauseReason).toContain("Row 1 was tried for 10 minutes");
    await resumeBulkUpload(ownCtx, { bulkUploadId });
    expect(await runBulkUpload(ownCtx, bulkUploadId, signal)).toBe(true);
  });

  it("A10: a bulk upload waits as long as Hero asked, and then continues by itself", async () => {
    const bulkUploadId = await startNewBulkUpload([1, 2, 3, 4].map((row) => createRow(row)));
    const key = `sandbox:${fingerprint(apiKey)}`;
    await superuser`update hero_limits set ready_at = now() + interval '1 hour' where key = ${key}`;
    expect(await runBulkUpload(ownCtx, bulkUploadId, signal)).toBe(true);
    await superuser`update hero_limits set ready_at = now() where key = ${key}`;
    expect(await runToEnd(bulkUploadId)).toMatchObject({
      state: "finished",
      counts: { created: 4 },
    });
  });

  it("a bulk upload pauses when Hero rejects the key, and can be resumed", async () => {
    const own = { expiresOn: addDays(expiresOn, 51) };
    const bulkUploadId = await startNewBulkUpload([1, 2, 3].map((row) => createRow(row, own)));
    await injectFault({ operation: "createBookingLink", key: apiKey, times: 3, status: 401 });
    const paused = await runToEnd(bulkUploadId);
    expect(paused.state).toBe("paused");
    expect(paused.pauseReason).toContain("Replace the API key");
    expect(paused.counts.waiting + paused.counts.created).toBe(3);
    await resumeBulkUpload(ownCtx, { bulkUploadId });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if ((await getBulkUpload(ownCtx, { bulkUploadId })).state === "paused")
        await resumeBulkUpload(ownCtx, { bulkUploadId });
      await runToEnd(bulkUploadId);
    }
    expect(await getBulkUpload(ownCtx, { bulkUploadId })).toMatchObject({
      state: "finished",
      counts: { created: 3 },
    });
  });

  it("a paused bulk upload does nothing, and cancelling deletes the waiting rows", async () => {
    const patients = await listGeneratedPatients(2);
    const bulkUploadId = await startNewBulkUpload(
      patients.map((patient, index) => createRow(index + 1, identityOf(patient))),
    );
    await pauseBulkUpload(ownCtx, { bulkUploadId });
    expect(await runToEnd(bulkUploadId)).toMatchObject({ state: "paused", counts: { waiting: 2 } });
    await cancelBulkUpload(ownCtx, { bulkUploadId });
    expect(await runToEnd(bulkUploadId)).toMatchObject({
      state: "cancelled",
      counts: { cancelled: 2 },
    });
    expect((await storedRows(bulkUploadId)).every((row) => row.sealed === null)).toBe(true);
    await expect(resumeBulkUpload(ownCtx, { bulkUploadId })).rejects.toThrow(ConflictError);
  });

  it("a row that meets an internal error is rejected, and the others continue", async () => {
    const patients = await listGeneratedPatients(2);
    const bulkUploadId = await startNewBulkUpload([
      ...patients.map((patient, index) => createRow(index + 1, identityOf(patient))),
      createRow(3),
    ]);
    await superuser`update bulk_upload_rows set sealed = overlay(sealed placing '\\x00' from 30)
      where bulk_upload_id = ${bulkUploadId} and row_number = 1`;
    expect(await runToEnd(bulkUploadId)).toMatchObject({
      state: "finished",
      counts: { created: 2, failed: 1 },
    });
    const { items } = await listBulkUploadRows(ownCtx, { bulkUploadId, state: "failed" });
    expect(items).toMatchObject([
      { rowNumber: 1, reason: expect.stringContaining("wrong on our side") },
    ]);
    expect((await storedRows(bulkUploadId)).every((row) => row.sealed === null)).toBe(true);
  });

  it("a cancelled bulk upload keeps no patient details, even of rows in progress or of a crashed run", async () => {
    const patients = await listGeneratedPatients(3);
    const bulkUploadId = await startNewBulkUpload(
      patients.map((patient, index) => createRow(index + 1, identityOf(patient))),
    );
    await superuser`update bulk_upload_rows set state = 'working' where bulk_upload_id = ${bulkUploadId} and row_number < 3`;
    await cancelBulkUpload(ownCtx, { bulkUploadId });
    // The first comes back to wait, as after Hero's "slow down"; the second's run has died.
    await saveRowOutcome(ownCtx, { bulkUploadId, rowNumber: 1 }, { state: "waiting" });
    expect((await listBulkUploadsToSweep()).map((bulkUpload) => bulkUpload.bulkUploadId)).toContain(
      bulkUploadId,
    );
    expect(await runBulkUpload(ownCtx, bulkUploadId, signal)).toBe(false);
    expect(await getBulkUpload(ownCtx, { bulkUploadId })).toMatchObject({
      state: "cancelled",
      counts: { cancelled: 3, working: 0, waiting: 0 },
    });
    expect((await storedRows(bulkUploadId)).every((row) => row.sealed === null)).toBe(true);
  });

  it("a bulk upload resumed during a run continues", async () => {
    const bulkUploadId = await startNewBulkUpload([createRow(1), createRow(2)]);
    await superuser`update bulk_uploads set lease_expires_at = now() + interval '1 minute' where id = ${bulkUploadId}`;
    expect(await runBulkUpload(ownCtx, bulkUploadId, signal)).toBe(false);
    await superuser`update bulk_uploads set lease_expires_at = null where id = ${bulkUploadId}`;
    const aborted = new AbortController();
    aborted.abort();
    // A run that ends with rows left reports it, so that another one continues.
    expect(await runBulkUpload(ownCtx, bulkUploadId, aborted.signal)).toBe(true);
    expect(await runToEnd(bulkUploadId)).toMatchObject({
      state: "finished",
      counts: { created: 2 },
    });
  });

  it("a bulk upload accepts no more rows than announced, and keeps the file's row numbers", async () => {
    const { id: bulkUploadId } = await createBulkUpload(ownCtx, {
      operationId: randomUUID(),
      name: "Two of many",
      kind: "booking",
      rowCount: 2,
      columns: {},
    });
    await addBulkUploadRows(ownCtx, { bulkUploadId, rows: [createRow(7), createRow(31)] });
    await expect(
      addBulkUploadRows(ownCtx, { bulkUploadId, rows: [createRow(32)] }),
    ).rejects.toThrow(InvalidInputError);
    const { items } = await listBulkUploadRows(ownCtx, { bulkUploadId });
    expect(items.map(({ rowNumber }) => rowNumber)).toEqual([7, 31]);
  });

  it("a bulk upload starts once, and only when complete", async () => {
    const bulkUpload = await createBulkUpload(ownCtx, {
      operationId: randomUUID(),
      name: "Half",
      kind: "booking",
      rowCount: 2,
      columns: {},
    });
    await addBulkUploadRows(ownCtx, { bulkUploadId: bulkUpload.id, rows: [createRow(1)] });
    await addBulkUploadRows(ownCtx, {
      bulkUploadId: bulkUpload.id,
      rows: [createRow(1, { reference: "changed" })],
    });
    await expect(startBulkUpload(ownCtx, { bulkUploadId: bulkUpload.id })).rejects.toThrow(
      "Only 1 of 2 rows",
    );
    await addBulkUploadRows(ownCtx, { bulkUploadId: bulkUpload.id, rows: [createRow(2)] });
    await startBulkUpload(ownCtx, { bulkUploadId: bulkUpload.id, confirmedRecipients: 2 });
    await expect(
      addBulkUploadRows(ownCtx, { bulkUploadId: bulkUpload.id, rows: [createRow(2)] }),
    ).rejects.toThrow(ConflictError);
    const { items } = await listBulkUploadRows(ownCtx, { bulkUploadId: bulkUpload.id });
    expect(items.map(({ reference }) => reference)).toEqual(["ref-1", "ref-2"]);
  });

  it("fewer slots than recipients must be confirmed by typing their number", async () => {
    // There are no slots on a Sunday.
    const today = ukDateOf(new Date());
    const sunday = addDays(today, 7 - new Date(`${today}T12:00:00Z`).getUTCDay());
    const rows = Array.from({ length: 40 }, (_, index) =>
      createRow(index + 1, { slotsFrom: sunday, slotsTo: sunday }),
    );
    const { id } = await createFilledBulkUpload(rows);
    const checked = await checkBulkUpload(ownCtx, { bulkUploadId: id });
    expect(checked.recipients).toBe(40);
    expect(checked.choices).toHaveLength(1);
    expect(checked.hasTooFewSlots).toBe(true);
    await expect(startBulkUpload(ownCtx, { bulkUploadId: id })).rejects.toThrow(InvalidInputError);
    await expect(
      startBulkUpload(ownCtx, { bulkUploadId: id, confirmedRecipients: 39 }),
    ).rejects.toThrow("Type 40");
    expect((await getBulkUpload(ownCtx, { bulkUploadId: id })).state).toBe("uploading");
    await startBulkUpload(ownCtx, { bulkUploadId: id, confirmedRecipients: 40 });
    await cancelBulkUpload(ownCtx, { bulkUploadId: id });
  });

  it("c1: another tenant does not find a bulk upload, and cannot use its practice", async () => {
    const { id } = await createFilledBulkUpload([createRow(1)]);
    for (const action of [
      getBulkUpload,
      startBulkUpload,
      pauseBulkUpload,
      resumeBulkUpload,
      cancelBulkUpload,
      checkBulkUpload,
      exportBulkUploadResult,
    ]) {
      await expect(action(otherCtx, { bulkUploadId: id })).rejects.toThrow(NotFoundError);
    }
    await expect(
      addBulkUploadRows(otherCtx, { bulkUploadId: id, rows: [createRow(2)] }),
    ).rejects.toThrow(NotFoundError);
    await expect(
      createFilledBulkUpload([createRow(1, { practiceId: otherPracticeId })]),
    ).rejects.toThrow(NotFoundError);
    await expect(createFilledBulkUpload([createRow(1)], viewer)).rejects.toThrow(ForbiddenError);
    expect(await runBulkUpload(otherCtx, id, signal)).toBe(false);
    expect((await getBulkUpload(ownCtx, { bulkUploadId: id })).counts.waiting).toBe(1);
  });

  it("c28 c30: the result has no identities, is inert in a spreadsheet, and expires", async () => {
    const [patients] = await listGeneratedPatients(1);
    if (!patients) throw new Error("The sandbox has no crowd.");
    const bulkUploadId = await startNewBulkUpload([
      createRow(1, { reference: "=1+1", ...identityOf(patients) }),
      createRow(2, { reference: "+447700900123" }),
    ]);
    await runToEnd(bulkUploadId);
    const text = await readResult(bulkUploadId);
    expect(text).not.toContain(patients.nhsNumber);
    expect(text).not.toContain(patients.dateOfBirth);
    expect(text).toContain(`"'=1+1"`);
    expect(text).toContain(`"'+447700900123"`);
    expect(text.trim().split("\r\n")).toHaveLength(3);

    await superuser`update bulk_uploads set rows_expire_at = now() - interval '1 second' where id = ${bulkUploadId}`;
    await expireBulkUpload(ownCtx, bulkUploadId);
    expect(await storedRows(bulkUploadId)).toEqual([]);
    expect(await getBulkUpload(ownCtx, { bulkUploadId })).toMatchObject({
      rowsExpireAt: null,
      counts: { created: 2 },
    });
  });
});
