import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAttachmentLink, listPatientAttachments } from "@/server/hero/attachments";
import { listEhrCandidates } from "@/server/hero/patient-ehr";
import { previewMerge } from "@/server/hero/patient-merge";
import { readPatient, registerPatientFromDetails } from "@/server/hero/patients";
import { createAccess, json, startFakeHero } from "./fake-hero";

let hero: Awaited<ReturnType<typeof startFakeHero>>;
const { access } = createAccess();

beforeAll(async () => {
  hero = await startFakeHero();
  process.env.HERO_SANDBOX_URL = hero.url;
});
afterAll(() => hero.stop());

const unreadableReplyError = { code: "unreadable_reply", writeOutcome: "unknown" };
const answers = { deceased_at: null, restricted: false, status: "unarchived" };
const address = "https://hero.example/s/abc";

describe("the response with a patient's record", () => {
  it("every documented field that a screen needs is read, with its own id", async () => {
    const record = {
      id: "41",
      ...answers,
      dob: "1980-01-01",
      deceased_at: "2026-03-02T00:00:00Z",
      sex: "Male",
      sex_changed_at: "2021-05-20T00:00:00Z",
      ehr_partner_id: "emis-7",
      ehr_registered: true,
      data_source: "source of tomorrow",
      emails: ["a@b.example"],
      mobile: "07700 900123",
      identifiers: [{ source: "nhs", type: "nhs_number", value: "9990000018" }],
    };
    hero.respondWith(json(200, { ...record, notes: "private" }));
    expect(await readPatient(access, "41")).toEqual({ outcome: "found", patient: record });
  });

  it.each([
    ["another record", { id: "42", ...answers }, "42"],
    ["an empty list", { data: [], count: 0 }, null],
    ["a bare empty list", [], null],
  ])("the id of a merged record may give %s", async (_, reply, otherId) => {
    hero.respondWith(json(200, reply));
    expect(await readPatient(access, "41")).toEqual({ outcome: "merged_elsewhere", otherId });
  });

  it.each([
    ["a list with a record", { data: [{ id: "41", ...answers }] }],
    ["no restriction", { ...answers, id: "41", restricted: undefined }],
    ["an unknown status", { ...answers, id: "41", status: "frozen" }],
    ["no word on death", { ...answers, id: "41", deceased_at: undefined }],
  ])("a record is rejected with %s", async (_, reply) => {
    hero.respondWith(json(200, reply));
    await expect(readPatient(access, "41")).rejects.toMatchObject(unreadableReplyError);
  });
});

describe("the response to registering a patient from details", () => {
  it.each([[{ patient_id: 41 }], [{ id: "41" }]])("%j has the id", async (reply) => {
    hero.respondWith(json(200, reply));
    const registered = await registerPatientFromDetails(access, { dob: "1980-01-01" });
    expect(registered).toEqual({ patientId: "41" });
  });

  it("a patient without an id may have been registered, and is requested once", async () => {
    hero.respondWith(json(200, { message: "Done" }));
    const call = registerPatientFromDetails(access, { dob: "1980-01-01" });
    await expect(call).rejects.toMatchObject(unreadableReplyError);
    expect(hero.calls).toHaveLength(1);
  });
});

describe("the response with candidates of the clinical system", () => {
  it("candidates keep Hero's order, and a list that Hero did not send in full says so", async () => {
    const data = [
      { ehr_partner_id: 9, dob: null, hero_id: 7, identifiers: [] },
      { ehr_partner_id: null, dob: "1980-01-01", deceased_at: "2025-01-01T00:00:00Z" },
    ];
    hero.respondWith(json(200, { data, count: 3 }));
    const { candidates, isComplete } = await listEhrCandidates(access, "41");
    expect(candidates.map(({ ehr_partner_id }) => ehr_partner_id)).toEqual(["9", null]);
    expect(candidates[0]?.hero_id).toBe("7");
    expect(isComplete).toBe(false);
    hero.respondWith(json(200, { data, count: 2 }));
    expect((await listEhrCandidates(access, "41")).isComplete).toBe(true);
  });
});

describe("the response with the preview of a merge", () => {
  const reply = (main: string, incoming: string, result: string) => ({
    main_patient: { id: main, ...answers, mobile: "07700 900001" },
    incoming_patient: { id: incoming, ...answers, notes: "Prefers letters." },
    result_patient: { id: result, ...answers },
    merge_token: "token",
  });

  it.each([
    [reply("41", "42", "41"), "41"],
    [reply("42", "41", "42"), "42"],
  ])("the records are told apart by id (%#)", async (preview, resultId) => {
    hero.respondWith(json(200, preview));
    expect(await previewMerge(access, "41", "42")).toMatchObject({
      patient: { id: "41" },
      other: { id: "42" },
      result: { id: resultId },
      mergeToken: "token",
    });
  });

  it.each([
    ["a third record", reply("41", "43", "41")],
    ["the result of a third record", reply("41", "42", "43")],
    ["one record twice", reply("41", "41", "41")],
    ["no token", { ...reply("41", "42", "41"), merge_token: "" }],
    ["no result", { ...reply("41", "42", "41"), result_patient: null }],
  ])("a preview is rejected with %s", async (_, preview) => {
    hero.respondWith(json(200, preview));
    await expect(previewMerge(access, "41", "42")).rejects.toMatchObject(unreadableReplyError);
  });
});

describe("the responses about files of the clinical record", () => {
  it("a file needs an id; a name and a date are taken from likely fields", async () => {
    const data = [
      { id: 1, name: "Letter.pdf", created_at: "2026-02-14T10:30:00Z", size: 9 },
      { id: "2", file_name: "Summary.pdf", date: "2026-03-14" },
      { id: "3", name: { text: "?" } },
    ];
    hero.respondWith(json(200, { data, count: 3 }));
    expect(await listPatientAttachments(access, "41")).toEqual({
      attachments: [
        { id: "1", name: "Letter.pdf", createdAt: "2026-02-14T10:30:00Z" },
        { id: "2", name: "Summary.pdf", createdAt: "2026-03-14" },
        { id: "3", name: null, createdAt: null },
      ],
      isComplete: true,
    });
  });

  it.each([
    ["an address of another host", { attachment_link: "https://evil.example/a" }],
    ["no address", { attachment_link: null }],
  ])("a link to a file is rejected with %s, and may exist", async (_, reply) => {
    hero.respondWith(json(200, { attachment_uuid: "u", ...reply }));
    const call = createAttachmentLink(access, { ehr_file_id: "1" });
    await expect(call).rejects.toMatchObject(unreadableReplyError);
  });

  it("a link to a file has an address and an id for messages", async () => {
    hero.respondWith(json(200, { attachment_link: address, attachment_uuid: "u-1" }));
    const link = await createAttachmentLink(access, { ehr_file_id: "1" });
    expect(link).toEqual({ url: address, uuid: "u-1" });
  });
});
