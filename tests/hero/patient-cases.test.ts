import { beforeAll, describe, expect, it } from "vitest";
import { createAttachmentLink, listPatientAttachments } from "@/server/hero/attachments";
import { connectEhr, listEhrCandidates } from "@/server/hero/patient-ehr";
import { mergePatients, previewMerge } from "@/server/hero/patient-merge";
import {
  readPatient,
  registerPatientFromDetails,
  registerPatientPds,
} from "@/server/hero/patients";
import type { HeroConnection } from "@/server/hero/request";
import {
  changePatient,
  createPatientCase,
  getSandboxPractice,
  inDialect,
  listPatientCaseNames,
} from "../support/hero";
import { createAccess, practiceGroup } from "./fake-hero";

const practiceGroupId = "30183";

/** A fresh case with the ids of its records; the second is empty when there is one record only. */
async function newCase(name: string) {
  const created = await createPatientCase(practiceGroupId, name);
  const [first, second] = created.patients;
  if (!first) throw new Error("The case has no patient.");
  return { first, id: first.patientId ?? "", otherId: second?.patientId ?? "" };
}

describe.each(["first", "second", "second-only-merges", "second-only-bodies"])(
  "the client with a Hero that speaks the %s dialect",
  (dialect) => {
    let hero: HeroConnection;
    const hasMerges = dialect === "second" || dialect.endsWith("merges");

    beforeAll(async () => {
      const { apiKey } = await getSandboxPractice(practiceGroupId, "c");
      hero = createAccess({
        apiKey: inDialect(apiKey, dialect),
        practiceGroupId: practiceGroup(practiceGroupId),
      }).access;
    });

    const trace = async (name: string) => {
      const { first, id } = await newCase(name);
      const body = { nhs_number: first.searchNhsNumber, dob: first.dateOfBirth };
      return { first, id, outcome: await registerPatientPds(hero, body).catch((error) => error) };
    };

    const read = async (id: string) => {
      const reading = await readPatient(hero, id);
      return reading.outcome === "found" ? reading.patient : reading;
    };

    it.each(["found", "deceased", "archived", "restricted", "not_in_ehr"] as const)(
      "a patient who is %s is traced, and their record says so",
      async (name) => {
        const { id, outcome } = await trace(name);
        expect(outcome).toEqual({ outcome: "found", patientId: id });
        expect(await read(id)).toMatchObject({
          id,
          deceased_at: name === "deceased" ? "2026-03-02T00:00:00Z" : null,
          status: name === "archived" ? "archived" : "unarchived",
          restricted: name === "restricted",
          ehr_registered: name !== "not_in_ehr",
        });
      },
    );

    it("a superseded number gives a record with another number", async () => {
      const { first, id, outcome } = await trace("superseded_number");
      expect(outcome).toEqual({ outcome: "found", patientId: id });
      expect(first.searchNhsNumber).not.toBe(first.nhsNumber);
      expect(await read(id)).toMatchObject({ nhs_number: first.nhsNumber });
    });

    it.each([
      ["invalid_number", { code: "bad_request" }],
      ["must_verify", { outcome: "verification_required" }],
      ["several_matches", { outcome: "not_identified" }],
      ["queued", { outcome: "not_identified" }],
    ] as const)("tracing is told apart: %s", async (name, expected) => {
      expect((await trace(name)).outcome).toMatchObject(expected);
    });

    it("a death can be recorded and withdrawn", async () => {
      const { id } = await newCase("found");
      await changePatient(id, { deceasedOn: "2026-10-01" });
      expect(await read(id)).toMatchObject({ deceased_at: "2026-10-01T00:00:00Z" });
      await changePatient(id, { deceasedOn: null });
      expect(await read(id)).toMatchObject({ deceased_at: null });
    });

    it("details of a practice register a patient, and then change the same one", async () => {
      const { first } = await newCase("not_found");
      const body = { nhs_number: first.nhsNumber, dob: first.dateOfBirth, last_name: "Hartley" };
      const { patientId } = await registerPatientFromDetails(hero, body);
      const again = await registerPatientFromDetails(hero, { ...body, last_name: "Hartley-Moss" });
      expect(again).toEqual({ patientId });
      expect(await read(patientId)).toMatchObject({
        last_name: "Hartley-Moss",
        data_source: "hero",
      });
    });

    it.each([
      ["no_candidates", []],
      ["one_candidate", [{ last_name: "Marlow", hero_id: null }]],
      [
        "several_candidates",
        [{ first_name: "Nell" }, { first_name: "Nelly" }, { nhs_number: null }],
      ],
      ["candidate_is_hero_patient", [{ hero_id: expect.any(String) }]],
      ["candidate_differs_in_name", [{ last_name: "Prentice" }]],
      ["candidate_differs_in_date_of_birth", [{ dob: expect.stringMatching(/^1975-07-05/) }]],
      ["candidate_differs_in_sex", [{ sex: "Male" }]],
      ["candidate_differs_in_postcode", [{ postcode: "ZE9 9ZZ" }]],
      ["candidate_deceased", [{ deceased_at: "2025-12-24T00:00:00Z" }]],
    ] as const)("the candidates are as named: %s", async (name, expected) => {
      const { candidates } = await listEhrCandidates(hero, (await newCase(name)).id);
      expect(candidates).toMatchObject([...expected]);
      expect(candidates).toHaveLength(expected.length);
    });

    it("a patient is connected once, and only to a free candidate", async () => {
      const { id } = await newCase("one_candidate");
      const ehrId = (await listEhrCandidates(hero, id)).candidates[0]?.ehr_partner_id ?? "";
      await connectEhr(hero, id, ehrId);
      await connectEhr(hero, id, ehrId);
      expect(await read(id)).toMatchObject({ ehr_partner_id: ehrId, ehr_registered: true });
      await expect(connectEhr(hero, id, "emis-0")).rejects.toMatchObject({ writeOutcome: "no" });
      const taken = await newCase("candidate_is_hero_patient");
      const [held] = (await listEhrCandidates(hero, taken.id)).candidates;
      const call = connectEhr(hero, taken.id, held?.ehr_partner_id ?? "");
      await expect(call).rejects.toMatchObject({ code: "conflict" });
    });

    it.each(["mergeable", "mergeable_other_survives"] as const)(
      "two records become one, and the token is used up: %s",
      async (name) => {
        const { id, otherId } = await newCase(name);
        const preview = await previewMerge(hero, id, otherId);
        const survivorId = name === "mergeable" ? id : otherId;
        const mergedId = name === "mergeable" ? otherId : id;
        expect(preview).toMatchObject({
          patient: { id },
          other: { id: otherId },
          result: { id: survivorId, notes: null },
        });
        await mergePatients(hero, id, otherId, preview.mergeToken);
        expect(await read(survivorId)).toMatchObject({ id: survivorId });
        expect(await readPatient(hero, mergedId)).toEqual({
          outcome: "merged_elsewhere",
          otherId: hasMerges ? null : survivorId,
        });
        const again = mergePatients(hero, id, otherId, preview.mergeToken);
        await expect(again).rejects.toMatchObject({ writeOutcome: "no" });
      },
    );

    it("one of two opposite merges at once happens", async () => {
      const { id, otherId } = await newCase("mergeable");
      const [one, other] = await Promise.all([
        previewMerge(hero, id, otherId),
        previewMerge(hero, otherId, id),
      ]);
      const outcomes = await Promise.allSettled([
        mergePatients(hero, id, otherId, one.mergeToken),
        mergePatients(hero, otherId, id, other.mergeToken),
      ]);
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    it("an expired token, and one of another pair, merge nothing", async () => {
      const { id, otherId } = await newCase("mergeable");
      const elsewhere = await newCase("mergeable");
      const expired = await previewMerge(hero, id, otherId);
      await changePatient(id, { expireMergeTokens: true });
      const foreign = await previewMerge(hero, elsewhere.id, elsewhere.otherId);
      for (const { mergeToken } of [expired, foreign]) {
        const call = mergePatients(hero, id, otherId, mergeToken);
        await expect(call).rejects.toMatchObject({ writeOutcome: "no" });
      }
      expect(await read(otherId)).toMatchObject({ id: otherId });
    });

    it("records with different dates of birth cannot be previewed", async () => {
      const { id, otherId } = await newCase("same_number_other_date_of_birth");
      await expect(previewMerge(hero, id, otherId)).rejects.toMatchObject({ code: "bad_request" });
    });

    it.each([
      ["different_nhs_numbers", "nhs_number"],
      ["same_number_other_name", "last_name"],
      ["same_number_other_date_of_birth", "dob"],
      ["sex_changed", "sex_changed_at"],
    ] as const)("the records of the pair differ: %s", async (name, field) => {
      const { id, otherId } = await newCase(name);
      const [patient, other] = [await readPatient(hero, id), await readPatient(hero, otherId)];
      if (patient.outcome !== "found" || other.outcome !== "found") throw new Error("Not found");
      expect(patient.patient[field]).not.toEqual(other.patient[field]);
      const isSameNumber = patient.patient.nhs_number === other.patient.nhs_number;
      expect(isSameNumber).toBe(name !== "different_nhs_numbers");
    });

    it("connections and merges may be accepted before they can be read", async () => {
      const { id, otherId } = await newCase("slow_to_show");
      const { candidates } = await listEhrCandidates(hero, otherId);
      const free = candidates.find(({ hero_id }) => !hero_id)?.ehr_partner_id ?? "";
      await connectEhr(hero, otherId, free);
      expect(await read(otherId)).toMatchObject({ ehr_registered: false });
      const { mergeToken } = await previewMerge(hero, id, otherId);
      await mergePatients(hero, id, otherId, mergeToken);
      expect(await read(otherId)).toMatchObject({ id: otherId });
      await changePatient(otherId, { showsChanges: true });
      expect(await read(otherId)).toMatchObject({ outcome: "merged_elsewhere" });
    });

    it("a merge in Hero is noticed", async () => {
      const named = await newCase("merged_elsewhere");
      expect(await read(named.id)).toEqual({
        outcome: "merged_elsewhere",
        otherId: hasMerges ? null : named.otherId,
      });
      const empty = await newCase("merged_elsewhere_empty");
      expect(await read(empty.id)).toEqual({ outcome: "merged_elsewhere", otherId: null });
      const pair = await newCase("mergeable");
      const mergedInto = { patientId: pair.id, reply: "other_id" } as const;
      await changePatient(pair.otherId, { mergedInto });
      expect(await read(pair.otherId)).toMatchObject({ outcome: "merged_elsewhere" });
    });

    it("files are listed and linked, for their own patient only", async () => {
      const { id } = await newCase("attachments");
      const { attachments, isComplete } = await listPatientAttachments(hero, id);
      expect(isComplete).toBe(true);
      expect(attachments.map(({ name }) => name)).toEqual([
        "Discharge summary.pdf",
        "Referral letter.pdf",
      ]);
      const ehr_file_id = attachments[0]?.id ?? "";
      const link = await createAttachmentLink(hero, { ehr_file_id, patient_id: id });
      expect(link).toEqual({ url: expect.any(String), uuid: expect.any(String) });
      const { id: strangerId } = await newCase("found");
      const call = createAttachmentLink(hero, { ehr_file_id, patient_id: strangerId });
      await expect(call).rejects.toMatchObject({ code: "not_found" });
      expect((await listPatientAttachments(hero, strangerId)).attachments).toEqual([]);
    });

    it("a patient of another practice of the network is not found by any call", async () => {
      const other = await createPatientCase("30182", "attachments");
      const strangerId = other.patients[0]?.patientId ?? "";
      const { id } = await newCase("mergeable");
      const calls = [
        () => readPatient(hero, strangerId),
        () => listEhrCandidates(hero, strangerId),
        () => connectEhr(hero, strangerId, "emis-0"),
        () => previewMerge(hero, id, strangerId),
        () => previewMerge(hero, strangerId, id),
        () => mergePatients(hero, id, strangerId, "token"),
        () => listPatientAttachments(hero, strangerId),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "not_found" });
    });
  },
);

it("each case has its own people, with unique NHS numbers", async () => {
  const numbers = new Map<string, string>();
  const names = await listPatientCaseNames(practiceGroupId);
  expect(names.length).toBeGreaterThan(25);
  for (const name of names) {
    for (const copy of [1, 2]) {
      const { patients } = await createPatientCase(practiceGroupId, name);
      for (const number of new Set(patients.map(({ nhsNumber }) => nhsNumber))) {
        expect(numbers.get(number), `${name}, copy ${copy}`).toBeUndefined();
        numbers.set(number, name);
      }
    }
  }
});
