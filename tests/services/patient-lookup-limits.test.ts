import { beforeAll, describe, expect, it } from "vitest";
import { InvalidInputError, LookupsPausedError, RateLimitedError } from "@/server/errors";
import type { PatientLookup } from "@/server/schemas/patients";
import { listActivity } from "@/server/services/activity";
import { lookUpPatient } from "@/server/services/patients/lookup";
import type { TenantContext } from "@/server/tenancy/context";
import {
  changePatient,
  createPatientCase,
  getSandboxPractice,
  injectFault,
  injectPatient,
  listHeroCalls,
} from "../support/hero";
import { listEmails, listJobs, runJobs } from "../support/mail";
import { createTenantPair, type TestTenant } from "../support/tenants";

const practiceGroupId = "20417";

let tenant: TestTenant;
let owner: TenantContext;
let practiceId: string;
let apiKey: string;

beforeAll(async () => {
  const tenants = await createTenantPair();
  tenant = tenants.first;
  const practice = await getSandboxPractice(practiceGroupId, "a");
  ({ apiKey } = practice);
  practiceId = (await tenant.connect(practice)).id;
  owner = await tenant.asOwner();
});

async function createPatient(caseName = "found") {
  const [patient] = (await createPatientCase(practiceGroupId, caseName)).patients;
  if (!patient) throw new Error("The case has no patient.");
  const { searchNhsNumber: nhsNumber, dateOfBirth, patientId } = patient;
  return { ...patient, identity: { by: "nhs_number", nhsNumber, dateOfBirth } as const, patientId };
}

const nobody = (index: number): PatientLookup => ({
  by: "details",
  forename: `Nobody${index}`,
  surname: "Here",
  dateOfBirth: "1980-01-01",
  postcode: "KT2 6QW",
});

const lookUp = (ctx: TenantContext, identity: PatientLookup) =>
  lookUpPatient(ctx, { practiceId, identity });

const countCalls = async () => (await listHeroCalls(apiKey)).length;

describe("c17: look-ups that match no patient", () => {
  it("c17: 20 in an hour pause one person's look-ups, and the owner gets one email", async () => {
    const operator = await tenant.asRole("operator");
    const { identity } = await createPatient();
    for (let index = 0; index < 20; index += 1) {
      // Those that match do not count.
      expect(await lookUp(operator, identity)).toMatchObject({ outcome: "found" });
      expect(await lookUp(operator, nobody(index))).toEqual({ outcome: "not_found" });
    }
    const calls = await countCalls();
    for (const refused of [nobody(20), nobody(21), identity]) {
      await expect(lookUp(operator, refused)).rejects.toThrow(LookupsPausedError);
    }
    expect(await countCalls()).toBe(calls);
    expect(await lookUp(owner, identity)).toMatchObject({ outcome: "found" });

    const actorId = operator.actor.kind === "person" ? operator.actor.userId : "";
    const jobs = await listJobs("look-up-limit-mail");
    expect(jobs.map(({ data }) => data)).toEqual([
      { tenantId: operator.tenantId, environment: "sandbox", personId: actorId },
    ]);
    await runJobs("look-up-limit-mail");
    const [message, ...others] = await listEmails(tenant.owner.email);
    expect(others).toEqual([]);
    expect(message?.text).toContain("operator person looked up patients");
    expect(message?.text).not.toMatch(/Nobody|Here|1980|KT2/);
    const { items } = await listActivity(owner, { limit: 100 });
    const pauses = items.filter(({ action }) => action.startsWith("Look-ups paused"));
    expect(pauses.map(({ actor }) => actor)).toEqual(["operator person"]);
  });

  it("c17: parallel look-ups cannot exceed the limit together", async () => {
    const operator = await tenant.asRole("operator");
    const callsBefore = (await listHeroCalls(apiKey, "registerPatientPds")).length;
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) => lookUp(operator, nobody(index))),
    );
    const answered = results.filter(({ status }) => status === "fulfilled").length;
    expect(answered).toBeLessThanOrEqual(20);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toBeInstanceOf(RateLimitedError);
    }
    const calls = (await listHeroCalls(apiKey, "registerPatientPds")).length - callsBefore;
    expect(calls).toBe(answered);
  });

  it("c17: parallel look-ups that match are not paused", async () => {
    const operator = await tenant.asRole("operator");
    const patients = await Promise.all(Array.from({ length: 15 }, () => createPatient()));
    for (const round of [1, 2]) {
      const found = await Promise.all(patients.map(({ identity }) => lookUp(operator, identity)));
      expect({ round, found: found.filter(({ outcome }) => outcome === "found").length }).toEqual({
        round,
        found: patients.length,
      });
    }
  });

  it("c17: another date of birth for one NHS number counts even if it matches", async () => {
    const operator = await tenant.asRole("operator");
    for (let index = 0; index < 10; index += 1) {
      const { identity } = await createPatient();
      await lookUp(operator, { ...identity, dateOfBirth: "1931-02-03" });
      expect(await lookUp(operator, identity)).toMatchObject({ outcome: "found" });
    }
    await expect(lookUp(operator, nobody(1))).rejects.toThrow(LookupsPausedError);
  });

  it("look-ups that Hero did not answer do not count", async () => {
    const operator = await tenant.asRole("operator");
    for (let index = 0; index < 25; index += 1) {
      await injectFault({ operation: "registerPatientPds", key: apiKey, status: 500 });
      await expect(lookUp(operator, nobody(index))).rejects.toThrow();
    }
    expect(await lookUp(operator, nobody(30))).toEqual({ outcome: "not_found" });
  });

  it.each(["nhs_number", "hero_id"] as const)(
    "a date of birth that was wrong three times pauses this patient only, by %s",
    async (by) => {
      const operator = await tenant.asRole("operator");
      const { identity, patientId } = await createPatient();
      const withDate = (dateOfBirth: string): PatientLookup =>
        by === "nhs_number"
          ? { ...identity, dateOfBirth }
          : { by, patientId: patientId ?? "", dateOfBirth };
      for (const date of ["1930-01-01", "1930-01-01", "1931-01-01"]) {
        expect((await lookUp(operator, withDate(date))).outcome).not.toBe("found");
      }
      const calls = await countCalls();
      const error = await lookUp(operator, withDate(identity.dateOfBirth)).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(LookupsPausedError);
      expect(error).toMatchObject({
        message: expect.stringMatching(/wrong three times\. Wait 10 minutes/),
      });
      expect(await countCalls()).toBe(calls);
      const another = await createPatient();
      expect(await lookUp(operator, another.identity)).toMatchObject({ outcome: "found" });
      expect(await lookUp(owner, withDate(identity.dateOfBirth))).toMatchObject({
        outcome: "found",
      });
    },
  );
});

describe("c32: a record that may be another person's is never found", () => {
  it("c32: a record with another NHS number than the one typed gives no details", async () => {
    const { identity } = await createPatient("superseded_number");
    expect(await lookUp(owner, identity)).toEqual({
      outcome: "identifiers_differ",
      reason: expect.stringContaining("it has another NHS number"),
    });
  });

  it.each(["deceased", "archived", "restricted"])(
    "c32: the record of someone else who is %s gives no details, and no reason to take it for the patient's",
    async (name) => {
      const { identity } = await createPatient();
      const other = await createPatient(name);
      await injectFault({
        operation: "registerPatientPds",
        key: apiKey,
        status: 200,
        body: JSON.stringify({ patient_id: other.patientId }),
      });
      expect(await lookUp(owner, identity)).toEqual({
        outcome: "identifiers_differ",
        reason: expect.stringContaining("it has another NHS number"),
      });
    },
  );

  it("c32: a record without an NHS number is found only by its date of birth", async () => {
    const found = await createPatient();
    await injectPatient({ key: apiKey }, { id: found.patientId, dob: found.dateOfBirth });
    expect(await lookUp(owner, found.identity)).toMatchObject({ outcome: "found" });
    await injectPatient({ key: apiKey }, { id: found.patientId, dob: "1930-01-01" });
    expect(await lookUp(owner, found.identity)).toMatchObject({ outcome: "identifiers_differ" });
  });

  it("c32: an invalid NHS number is an error of its field", async () => {
    const { identity } = await createPatient("invalid_number");
    const error = await lookUp(owner, identity).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ field: "nhsNumber" });
  });

  it("c32: a Hero ID with another date of birth gives no details of the record", async () => {
    const { patientId } = await createPatient();
    expect(
      await lookUp(owner, { by: "hero_id", patientId: patientId ?? "", dateOfBirth: "1930-01-01" }),
    ).toEqual({
      outcome: "identifiers_differ",
      reason: expect.stringContaining("differs"),
    });
  });

  it("c32: a record with another name than the one typed is not found", async () => {
    const { patientId, firstName, lastName, dateOfBirth, postcode } = await createPatient();
    const identity: PatientLookup = {
      by: "details",
      forename: firstName,
      surname: lastName,
      dateOfBirth,
      postcode,
    };
    expect(await lookUp(owner, identity)).toMatchObject({ outcome: "found", patientId });
    await injectFault({
      operation: "registerPatientPds",
      key: apiKey,
      status: 200,
      body: JSON.stringify({ patient_id: (await createPatient()).patientId }),
    });
    expect(await lookUp(owner, identity)).toMatchObject({ outcome: "identifiers_differ" });
  });

  it.each([
    ["deceased", "has died"],
    ["archived", "archived"],
    ["restricted", "restricted"],
  ])(
    "a patient who is %s is found, with the reason why they are not invited",
    async (name, text) => {
      const { identity, patientId } = await createPatient(name);
      expect(await lookUp(owner, identity)).toMatchObject({
        outcome: "found",
        patientId,
        refusal: expect.stringContaining(text),
      });
    },
  );

  it("a death that is withdrawn is read at the next look-up", async () => {
    const { identity, patientId } = await createPatient();
    await changePatient(patientId ?? "", { deceasedOn: "2026-10-01" });
    expect(await lookUp(owner, identity)).toMatchObject({ refusal: expect.any(String) });
    await changePatient(patientId ?? "", { deceasedOn: null });
    expect(await lookUp(owner, identity)).toMatchObject({ refusal: null });
  });

  it.each(["several_matches", "queued"])("%s is neither found nor not found", async (name) => {
    const { identity } = await createPatient(name);
    expect(await lookUp(owner, identity)).toMatchObject({ outcome: "could_not_be_checked" });
  });
});
