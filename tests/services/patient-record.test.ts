import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ForbiddenError, InvalidInputError, NotFoundError } from "@/server/errors";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { listActivity } from "@/server/services/activity";
import { createBookingLink } from "@/server/services/links/create";
import { getLink, listLinks } from "@/server/services/links/read";
import { createFileLink, listPatientFiles } from "@/server/services/patients/files";
import { openPatientRecord, showPatientIdentifiers } from "@/server/services/patients/record";
import { releaseHeldItems } from "@/server/services/patients/replaced";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import {
  changePatient,
  createPatientCase,
  getSandboxPractice,
  injectFault,
  listHeroCalls,
} from "../support/hero";
import { insertPatientRows } from "../support/patient-rows";
import { createTenantPair, firstBookingChoice } from "../support/tenants";

const sql = connectAsSuperuser();
const practiceGroupId = "20533";

let ownCtx: TenantContext;
let otherCtx: TenantContext;
let operator: TenantContext;
let viewer: TenantContext;
let practiceId: string;
let neighbourId: string;
let apiKey: string;
let choice: { appointmentTypeId: string; locationId: string };

beforeAll(async () => {
  const { first, second } = await createTenantPair();
  const practice = await getSandboxPractice(practiceGroupId, "a");
  ({ apiKey } = practice);
  practiceId = (await first.connect(practice)).id;
  neighbourId = (await first.connect(await getSandboxPractice("20417", "a"))).id;
  ownCtx = await first.asOwner();
  otherCtx = await second.asOwner();
  operator = await first.asRole("operator");
  viewer = await first.asRole("viewer");
  choice = await firstBookingChoice(ownCtx, practiceId);
});

async function createPatient(name: string) {
  const [patient] = (await createPatientCase(practiceGroupId, name)).patients;
  if (!patient?.patientId) throw new Error("The sandbox has no such record.");
  return { ...patient, patientId: patient.patientId };
}

const createInvite = (patientId: string) =>
  createBookingLink(ownCtx, {
    operationId: randomUUID(),
    practiceId,
    ...choice,
    patientId,
    expiresOn: addDays(ukDateOf(new Date()), 7),
    maxUses: 1,
  });

const open = (patientId: string, ctx = operator) =>
  openPatientRecord(ctx, { practiceId, patientId });

async function openFound(patientId: string, ctx = operator) {
  const record = await open(patientId, ctx);
  if (record.outcome !== "found") throw new Error("The record was merged.");
  return record;
}

async function latestActions(count: number): Promise<string[]> {
  const { items } = await listActivity(ownCtx, { limit: count });
  return items.map(({ action }) => action);
}

describe("opening a patient", () => {
  it("identifiers are masked, and the page lists what the portal knows", async () => {
    const patient = await createPatient("found");
    const { patientId } = patient;
    const link = await createInvite(patientId);
    const { appointmentId } = await insertPatientRows(ownCtx, practiceId, {
      patientId,
      otherPatientId: "1",
      heroAppointmentId: "8801",
    });
    const record = await openFound(patientId);
    expect(record).toMatchObject({
      patientId,
      states: [],
      links: [{ id: link.id, isHeld: false, state: "live" }],
      appointments: expect.arrayContaining([
        expect.objectContaining({
          id: appointmentId,
          locationName: "Main surgery",
          state: "booked",
        }),
      ]),
    });
    const text = JSON.stringify(record);
    const { firstName, lastName, dateOfBirth, nhsNumber, postcode } = patient;
    for (const detail of [firstName, lastName, dateOfBirth, nhsNumber, postcode]) {
      expect(text).not.toContain(detail);
    }
    expect(record.masked.dateOfBirth).toContain(dateOfBirth.slice(0, 4));
    expect(await latestActions(1)).toEqual(["Opened a patient's record"]);
  });

  it("opening a record and showing its identifiers reloads no open page", async () => {
    const { patientId } = await createPatient("found");
    const listChanges = () => sql`select id from changes where tenant_id = ${ownCtx.tenantId}`;
    const before = await listChanges();
    await openFound(patientId);
    await showPatientIdentifiers(operator, { practiceId, patientId });
    expect(await listChanges()).toEqual(before);
  });

  it.each([
    ["found", [], ["book", "invite", "message", "merge", "files"]],
    ["not_in_ehr", ["not_in_ehr"], ["book", "invite", "message", "connect", "merge"]],
    ["deceased", ["deceased"], []],
    ["archived", ["archived"], []],
    ["restricted", ["restricted"], ["book"]],
  ] as const)("%s: what an owner may do, with a reason for the rest", async (name, states, may) => {
    const { patientId } = await createPatient(name);
    const record = await openFound(patientId, ownCtx);
    expect(record.states).toEqual(states);
    const entries = Object.entries(record.actions);
    expect(entries.filter(([, action]) => action.isAvailable).map(([key]) => key)).toEqual(may);
    for (const [, { isAvailable, reason }] of entries) {
      expect(reason === null).toBe(isAvailable);
    }
  });

  it("an operator reads who can book a restricted patient and who can merge", async () => {
    const restricted = await openFound((await createPatient("restricted")).patientId);
    expect(restricted.actions.book).toEqual({
      isAvailable: false,
      reason: "Owners and admins can book appointments for restricted patients.",
    });
    const found = await openFound((await createPatient("found")).patientId);
    expect(found.actions.merge.reason).toBe("Owners and admins can request and approve merges.");
  });

  it("a state is read at each opening, and not kept", async () => {
    const { patientId } = await createPatient("found");
    await changePatient(patientId, { deceasedOn: "2026-02-01" });
    expect((await openFound(patientId)).states).toEqual(["deceased"]);
    await changePatient(patientId, { deceasedOn: null, isRestricted: true });
    expect((await openFound(patientId)).states).toEqual(["restricted"]);
  });

  it("nothing tells where a restricted patient is seen or lives", async () => {
    const { patientId, postcode } = await createPatient("restricted");
    await insertPatientRows(ownCtx, practiceId, {
      patientId,
      otherPatientId: "2",
      heroAppointmentId: "8802",
    });
    const record = await openFound(patientId, ownCtx);
    expect(record.appointments).toHaveLength(2);
    for (const appointment of record.appointments) {
      expect(appointment).toMatchObject({ locationName: null, practitionerName: null });
    }
    expect(record.masked.postcode).toBeNull();
    const identifiers = await showPatientIdentifiers(ownCtx, { practiceId, patientId });
    expect(identifiers).toMatchObject({ postcode: null, address: null });
    expect(JSON.stringify(identifiers)).not.toContain(postcode);
  });

  it("identifiers are shown on request, and the request is audited with Hero's ID only", async () => {
    const patient = await createPatient("found");
    const { patientId } = patient;
    expect(await showPatientIdentifiers(operator, { practiceId, patientId })).toMatchObject({
      dateOfBirth: patient.dateOfBirth,
      nhsNumber: patient.nhsNumber,
      postcode: patient.postcode,
      name: expect.stringContaining(patient.lastName),
    });
    expect(await latestActions(1)).toEqual(["Showed a patient's identifiers"]);
    const [row] = await sql<{ details: unknown; label: string }[]>`
      select details, subject_label as label from audit_events
      where tenant_id = ${ownCtx.tenantId} order by id desc limit 1`;
    expect(row?.details).toEqual({ patientId });
  });

  it("a patient of another practice is not found, in the words for one that does not exist", async () => {
    const { patientId } = await createPatient("found");
    const messages = [];
    for (const input of [
      { practiceId: neighbourId, patientId },
      { practiceId, patientId: "99999999" },
      { practiceId: randomUUID(), patientId },
    ]) {
      const error = await openPatientRecord(operator, input).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(NotFoundError);
      messages.push(error instanceof Error ? error.message : "");
    }
    expect(new Set(messages).size).toBe(1);
  });

  it("a viewer and another organisation open nothing, and nothing is sent", async () => {
    const { patientId } = await createPatient("attachments");
    const calls = (await listHeroCalls(apiKey)).length;
    const input = { practiceId, patientId };
    for (const run of [openPatientRecord, showPatientIdentifiers, listPatientFiles]) {
      await expect(run(viewer, input)).rejects.toThrow(ForbiddenError);
      await expect(run(otherCtx, input)).rejects.toThrow(NotFoundError);
    }
    expect((await listHeroCalls(apiKey)).length).toBe(calls);
  });

  it.each([
    ["an error", { status: 500, times: 3 }],
    ["silence", { hang: true }],
    ["half a reply", { truncate: true }],
  ] as const)("%s of Hero is an error, never an empty page", async (_, fault) => {
    const { patientId } = await createPatient("found");
    await injectFault({ operation: "getPatientById", key: apiKey, ...fault });
    await expect(open(patientId)).rejects.toThrow(/^Hero/);
  });
});

describe("a record that was merged elsewhere", () => {
  it.each(["other_id", "empty_list"] as const)(
    "links are held until a person releases them (%s)",
    async (reply) => {
      const { patientId } = await createPatient("found");
      const survivor = await createPatient("found");
      const link = await createInvite(patientId);
      const otherLink = await createInvite(survivor.patientId);
      await changePatient(patientId, { mergedInto: { patientId: survivor.patientId, reply } });
      const otherId = reply === "other_id" ? survivor.patientId : null;

      const record = await open(patientId);
      expect(record).toMatchObject({
        outcome: "merged_elsewhere",
        otherId,
        isHeld: true,
        links: [{ id: link.id, isHeld: true }],
      });
      const held = await getLink(viewer, { linkId: link.id });
      expect(held).toMatchObject({ isHeld: true, url: null, state: "live" });
      expect(held.reason).toContain("merged");
      const { items } = await listLinks(viewer, {});
      expect(items.find(({ id }) => id === link.id)).toMatchObject({ isHeld: true, url: null });
      expect(items.find(({ id }) => id === otherLink.id)).toMatchObject({
        isHeld: false,
        url: otherLink.url,
      });
      await expect(createInvite(patientId)).rejects.toThrow("merged into another one");

      await open(patientId);
      expect(await latestActions(3)).toEqual([
        "Opened a patient's record",
        "Opened a patient's record",
        "Found a merge from outside the portal",
      ]);

      await expect(releaseHeldItems(viewer, { practiceId, patientId })).rejects.toThrow(
        ForbiddenError,
      );
      await expect(releaseHeldItems(otherCtx, { practiceId, patientId })).rejects.toThrow(
        NotFoundError,
      );
      const release = () => releaseHeldItems(operator, { practiceId, patientId });
      await Promise.all([release(), release()]);
      expect(await latestActions(2)).toEqual([
        "Released what was held after a merge",
        "Opened a patient's record",
      ]);
      expect(await getLink(viewer, { linkId: link.id })).toMatchObject({
        isHeld: false,
        url: link.url,
      });
      // Reading the record again does not hold them again.
      expect(await open(patientId)).toMatchObject({ outcome: "merged_elsewhere", isHeld: false });
      await expect(createInvite(patientId)).rejects.toThrow(InvalidInputError);
    },
  );

  it("the ID that remains is added once a reply names it", async () => {
    const { patientId } = await createPatient("found");
    const survivor = await createPatient("found");
    const merge = (reply: "other_id" | "empty_list") =>
      changePatient(patientId, { mergedInto: { patientId: survivor.patientId, reply } });
    await merge("empty_list");
    expect(await open(patientId)).toMatchObject({ otherId: null });
    await merge("other_id");
    expect(await open(patientId)).toMatchObject({ otherId: survivor.patientId });
    await merge("empty_list");
    expect(await open(patientId)).toMatchObject({ otherId: survivor.patientId });
  });

  it("only a record that was merged can be released", async () => {
    const { patientId } = await createPatient("found");
    await expect(releaseHeldItems(ownCtx, { practiceId, patientId })).rejects.toThrow(
      NotFoundError,
    );
  });
});

describe("files of the clinical record", () => {
  async function createWithFiles() {
    const { patientId } = await createPatient("attachments");
    const { files } = await listPatientFiles(operator, { practiceId, patientId });
    return { patientId, files, fileId: files[0]?.id ?? "" };
  }
  const countRequests = async () => (await listHeroCalls(apiKey, "createAttachmentLink")).length;

  it("a link to one file is created once, for one use, and audited without its name or address", async () => {
    const { patientId, files, fileId } = await createWithFiles();
    expect(files).toMatchObject([
      { name: "Discharge summary.pdf", createdAt: "2026-02-14T10:30:00.000Z" },
      { name: "Referral letter.pdf" },
    ]);
    const requests = await countRequests();
    const result = await createFileLink(operator, { practiceId, patientId, fileId });
    expect(result).toMatchObject({
      outcome: "created",
      url: expect.stringMatching(/^http:\/\/localhost:\d+\/a\//),
      expiresOn: addDays(ukDateOf(new Date()), 7),
      maxUses: 1,
    });
    expect(await countRequests()).toBe(requests + 1);
    const [row] = await sql<{ action: string; details: Record<string, unknown> }[]>`
      select action, details from audit_events
      where tenant_id = ${ownCtx.tenantId} order by id desc limit 1`;
    expect(row?.action).toBe("attachment_link.created");
    expect(Object.keys(row?.details ?? {}).sort()).toEqual([
      "expiresOn",
      "fileId",
      "maxUses",
      "patientId",
    ]);
  });

  it("a file of another patient is refused before anything is created", async () => {
    const { patientId } = await createWithFiles();
    const { fileId } = await createWithFiles();
    const requests = await countRequests();
    await expect(createFileLink(operator, { practiceId, patientId, fileId })).rejects.toThrow(
      InvalidInputError,
    );
    expect(await countRequests()).toBe(requests);
  });

  it.each(["deceasedOn", "isArchived", "isRestricted"] as const)(
    "no file is listed or shared once the record says %s",
    async (state) => {
      const { patientId, fileId } = await createWithFiles();
      await changePatient(patientId, {
        [state]: state === "deceasedOn" ? "2026-03-03" : true,
      });
      const requests = await countRequests();
      const input = { practiceId, patientId };
      await expect(listPatientFiles(operator, input)).rejects.toThrow(InvalidInputError);
      await expect(createFileLink(operator, { ...input, fileId })).rejects.toThrow(
        InvalidInputError,
      );
      expect(await countRequests()).toBe(requests);
    },
  );

  it.each([
    ["a lost reply", { reset: true, afterWork: true }, "unknown"],
    ["silence", { hang: true }, "unknown"],
    ["a refusal", { status: 403 }, "failed"],
  ] as const)("%s is reported, and the request is not repeated", async (_, fault, outcome) => {
    const { patientId, fileId } = await createWithFiles();
    const requests = await countRequests();
    await injectFault({ operation: "createAttachmentLink", key: apiKey, ...fault });
    expect(await createFileLink(operator, { practiceId, patientId, fileId })).toMatchObject({
      outcome,
    });
    expect(await countRequests()).toBe(requests + 1);
  });
});
