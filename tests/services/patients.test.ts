import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { ForbiddenError, InvalidInputError, NotFoundError } from "@/server/errors";
import { HeroError } from "@/server/hero/errors";
import { lookUpPatientInput, type PatientLookup } from "@/server/schemas/patients";
import { listActivity } from "@/server/services/activity";
import { callHeroForPractice } from "@/server/services/hero-calls/call";
import { loadPracticeWithKey } from "@/server/services/practices/load-with-key";
import { lookUpPatient } from "@/server/services/patients/lookup";
import { registerPatient } from "@/server/services/patients/register";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import {
  type Fault,
  getSandboxPractice,
  injectFault,
  injectPatient,
  listHeroCalls,
  listTestPatients,
  type TestPatient,
} from "../support/hero";
import { createTenantPair } from "../support/tenants";

const sql = connectAsSuperuser();
const practiceGroupId = "20690";

let ownCtx: TenantContext;
let otherCtx: TenantContext;
let operator: TenantContext;
let viewer: TenantContext;
let practiceId: string;
let apiKey: string;
let registered: TestPatient[];
let unregistered: TestPatient[];

beforeAll(async () => {
  const tenants = await createTenantPair();
  const practice = await getSandboxPractice(practiceGroupId, "a");
  ({ apiKey } = practice);
  practiceId = (await tenants.first.connect(practice)).id;
  ownCtx = await tenants.first.asOwner();
  otherCtx = await tenants.second.asOwner();
  operator = await tenants.first.asRole("operator");
  viewer = await tenants.first.asRole("viewer");
  registered = await listTestPatients(practiceGroupId);
  unregistered = await listTestPatients(null);
});

function getPatient(list: TestPatient[], matches: (patient: TestPatient) => boolean): TestPatient {
  const patient = list.find(matches);
  if (!patient) throw new Error("The sandbox has no such patient.");
  return patient;
}

const byNhsNumber = ({ nhsNumber, dateOfBirth }: TestPatient): PatientLookup => ({
  by: "nhs_number",
  nhsNumber,
  dateOfBirth,
});

const byDetails = (patient: TestPatient): PatientLookup => ({
  by: "details",
  forename: patient.firstName,
  surname: patient.lastName,
  dateOfBirth: patient.dateOfBirth,
  postcode: patient.postcode,
});

const isOrdinary = (patient: TestPatient) =>
  !patient.isArchived && !patient.isRestricted && !patient.isDeceased;

describe("looking up a patient", () => {
  it.each([
    ["NHS number and date of birth", byNhsNumber],
    ["name, date of birth and postcode", byDetails],
    [
      "Hero's own id",
      (patient: TestPatient): PatientLookup => ({
        by: "hero_id",
        patientId: patient.patientId ?? "",
        dateOfBirth: patient.dateOfBirth,
      }),
    ],
  ])("a look-up by %s returns Hero's ID and identifying details", async (_, identityOf) => {
    const patient = getPatient(registered, isOrdinary);
    const result = await lookUpPatient(operator, { practiceId, identity: identityOf(patient) });
    expect(result).toMatchObject({
      outcome: "found",
      patientId: patient.patientId,
      demographics: { dateOfBirth: patient.dateOfBirth, postcode: patient.postcode },
      refusal: null,
    });
    expect(result.outcome === "found" && result.demographics?.name).toContain(patient.lastName);
  });

  it("a look-up accepts what people type, as the schema normalises it", async () => {
    const patient = getPatient(registered, isOrdinary);
    const input = lookUpPatientInput.parse({
      practiceId,
      identity: {
        ...byDetails(patient),
        forename: ` ${patient.firstName} `,
        postcode: patient.postcode.toLowerCase().replace(" ", ""),
      },
    });
    expect(await lookUpPatient(ownCtx, input)).toMatchObject({ patientId: patient.patientId });
  });

  it("a new patient is registered, with the same id the next time", async () => {
    const unregisteredPatient = getPatient(
      unregistered,
      (candidate) => isOrdinary(candidate) && !candidate.needsLogin,
    );
    const identity = byNhsNumber(unregisteredPatient);
    const first = await lookUpPatient(ownCtx, { practiceId, identity });
    expect(first).toMatchObject({ outcome: "found", refusal: null });
    expect(await lookUpPatient(ownCtx, { practiceId, identity })).toEqual(first);
  });

  it("a patient who has to sign in gets the address for it", async () => {
    const identity = byNhsNumber(getPatient(unregistered, (candidate) => candidate.needsLogin));
    const result = await lookUpPatient(ownCtx, { practiceId, identity });
    expect(result).toEqual({
      outcome: "verification_required",
      loginUrl: expect.stringMatching(/^http:\/\/localhost:\d+\/verify\/20690$/),
    });
  });

  it("no patient is found for a deceased person and an unknown id", async () => {
    const identities: PatientLookup[] = [
      { by: "nhs_number", nhsNumber: "9990000018", dateOfBirth: "1980-01-01" },
      byNhsNumber(getPatient(unregistered, (candidate) => candidate.isDeceased)),
      { by: "hero_id", patientId: "99999999", dateOfBirth: "1980-01-01" },
    ];
    for (const identity of identities) {
      expect(await lookUpPatient(ownCtx, { practiceId, identity })).toEqual({
        outcome: "not_found",
      });
    }
  });

  it("another practice does not find a patient by id", async () => {
    const [other] = await listTestPatients("20417");
    const identity = {
      by: "hero_id",
      patientId: other?.patientId ?? "",
      dateOfBirth: other?.dateOfBirth ?? "",
    } as const;
    expect(await lookUpPatient(ownCtx, { practiceId, identity })).toEqual({ outcome: "not_found" });
  });

  it("a viewer and another tenant cannot look up patients, and nothing is sent", async () => {
    const calls = (await listHeroCalls(apiKey)).length;
    const input = { practiceId, identity: byNhsNumber(getPatient(registered, isOrdinary)) };
    await expect(lookUpPatient(viewer, input)).rejects.toThrow(ForbiddenError);
    await expect(lookUpPatient(otherCtx, input)).rejects.toThrow(NotFoundError);
    expect((await listHeroCalls(apiKey)).length).toBe(calls);
  });
});

describe("a patient who should not get a link", () => {
  const result = (patient: Record<string, unknown>) => injectPatient({ key: apiKey }, patient);

  it.each([
    ["has died", { deceased_at: "2024-02-09T00:00:00Z" }, "has died"],
    ["is restricted", { restricted: true }, "restricted"],
    ["is archived", { status: "archived" }, "archived"],
  ])("a patient %s is returned with the reason", async (_, overrides, text) => {
    await result({ id: "41", ...overrides });
    const found = await lookUpPatient(ownCtx, {
      practiceId,
      identity: { by: "hero_id", patientId: "41", dateOfBirth: "1980-01-01" },
    });
    expect(found).toMatchObject({ outcome: "found", refusal: expect.stringContaining(text) });
  });

  it("the postcode of a restricted patient is not returned", async () => {
    for (const restricted of [false, true]) {
      await result({ id: "42", restricted, postcode: "ZE1 1AA" });
      const found = await lookUpPatient(ownCtx, {
        practiceId,
        identity: { by: "hero_id", patientId: "42", dateOfBirth: "1980-01-01" },
      });
      expect(found).toMatchObject({
        demographics: { isRestricted: restricted, postcode: restricted ? null : "ZE1 1AA" },
      });
    }
  });

  it("a patient who is not the requested one is not returned", async () => {
    const patient = getPatient(registered, isOrdinary);
    await result({ id: patient.patientId, dob: "1901-01-01" });
    const found = await lookUpPatient(ownCtx, { practiceId, identity: byNhsNumber(patient) });
    expect(found).toEqual({
      outcome: "identifiers_differ",
      reason: expect.stringContaining("differs"),
    });
  });

  it("a date of birth does not move with the clock change", async () => {
    const timestampFormats = {
      "1980-07-01": ["1980-07-01", "1980-07-01T00:00:00Z", "1980-06-30T23:00:00Z"],
      "1980-01-01": ["1980-01-01T00:00:00", "1980-01-01T00:00:00.000Z"],
    };
    for (const [day, texts] of Object.entries(timestampFormats)) {
      for (const dob of texts) {
        await result({ id: "41", dob });
        const identity = { by: "hero_id", patientId: "41", dateOfBirth: day } as const;
        const found = await lookUpPatient(ownCtx, { practiceId, identity });
        expect(found).toMatchObject({ demographics: { dateOfBirth: day } });
      }
    }
  });

  const identities = {
    identifiers: () => byNhsNumber(getPatient(registered, isOrdinary)),
    "Hero's ID": () => {
      const { patientId, dateOfBirth } = getPatient(registered, isOrdinary);
      return { by: "hero_id", patientId: patientId ?? "", dateOfBirth } as const;
    },
  };
  const unreadable: [string, Omit<Fault, "operation" | "key">][] = [
    ["503", { status: 503, times: 3 }],
    ["429", { status: 429, retryAfter: 0, times: 3 }],
    ["403", { status: 403 }],
    ["HTML", { status: 200, body: "<html>Bad gateway</html>" }],
    ["half a body", { truncate: true }],
    ["nothing", { empty: true }],
    ["a broken connection", { reset: true, times: 3 }],
  ];
  const record = {
    dob: "1980-01-01",
    deceased_at: null,
    restricted: false,
    status: "unarchived",
  };
  const incomplete: [string, Record<string, unknown>][] = [
    ["without restricted", { restricted: undefined }],
    ["with restricted null", { restricted: null }],
    ["with restricted as text", { restricted: "true" }],
    ["without status", { status: undefined }],
    ["with an unknown status", { status: "merged" }],
    ["without deceased_at", { deceased_at: undefined }],
    ["with deceased_at as a truth value", { deceased_at: true }],
    ["of another patient", { id: "7" }],
    ["without an id", { id: null }],
    ["with a list of ids", { id: ["41"] }],
  ];

  describe.each(Object.keys(identities) as (keyof typeof identities)[])("found by %s", (by) => {
    it.each(unreadable)(
      "A1: with %s in place of the record, the patient cannot be selected",
      async (_, fault) => {
        await injectFault({ ...fault, operation: "getPatientById", key: apiKey });
        const result = await lookUpPatient(ownCtx, { practiceId, identity: identities[by]() });
        expect(result).toEqual({ outcome: "could_not_be_checked", reason: expect.any(String) });
      },
    );

    it.each(incomplete)(
      "A1: with a record %s, the patient cannot be selected",
      async (_, fields) => {
        const { patientId, dateOfBirth: dob } = getPatient(registered, isOrdinary);
        await result({ ...record, id: patientId, dob, ...fields });
        const found = await lookUpPatient(ownCtx, { practiceId, identity: identities[by]() });
        expect(found).toMatchObject({ outcome: "could_not_be_checked" });
      },
    );
  });

  it("A1: a patient found by identifiers without a record is not checked", async () => {
    for (const fields of [{ dob: null }, { dob: "unknown" }]) {
      await result({ id: getPatient(registered, isOrdinary).patientId, ...fields });
      const identity = identities.identifiers();
      const found = await lookUpPatient(ownCtx, { practiceId, identity });
      expect(found).toMatchObject({ outcome: "could_not_be_checked" });
    }
    await injectFault({ operation: "getPatientById", key: apiKey, status: 404 });
    expect(
      await lookUpPatient(ownCtx, { practiceId, identity: identities.identifiers() }),
    ).toMatchObject({ outcome: "could_not_be_checked" });
  });

  it("A7: a trace that names nobody is neither found nor not found", async () => {
    for (const message of ["Queued", "Several people match."]) {
      await injectFault({
        operation: "registerPatientPds",
        key: apiKey,
        status: 200,
        body: JSON.stringify({ message }),
      });
      const identity = identities.identifiers();
      expect(await lookUpPatient(ownCtx, { practiceId, identity })).toMatchObject({
        outcome: "could_not_be_checked",
      });
    }
  });
});

describe("errors from Hero", () => {
  it.each([
    ["500", { status: 500 }, "upstream_failed"],
    ["403", { status: 403 }, "forbidden"],
    ["nonsense", { malformed: true }, "unreadable_reply"],
    ["an empty body", { empty: true }, "unreadable_reply"],
    ["silence", { hang: true }, "timed_out"],
  ] as const)("%s is an error with its code, requested once", async (_, fault, code) => {
    const callsBefore = (await listHeroCalls(apiKey, "registerPatientPds")).length;
    await injectFault({ operation: "registerPatientPds", key: apiKey, ...fault });
    const identity = byNhsNumber(getPatient(registered, isOrdinary));
    const error = await lookUpPatient(ownCtx, { practiceId, identity }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(HeroError);
    expect(error).toMatchObject({ code });
    expect((await listHeroCalls(apiKey, "registerPatientPds")).length).toBe(callsBefore + 1);
  });

  it("status 400 is shown at the field that Hero named", async () => {
    const patient = getPatient(registered, isOrdinary);
    const rejectOnce = (path: string) =>
      injectFault({
        operation: "registerPatientPds",
        key: apiKey,
        status: 400,
        body: JSON.stringify({ message: [{ path: [path], code: "invalid", expected: "x" }] }),
      });
    for (const [path, field] of [
      ["dob", "dateOfBirth"],
      ["nhs_number", "nhsNumber"],
    ] as const) {
      await rejectOnce(path);
      const error = await lookUpPatient(operator, {
        practiceId,
        identity: byNhsNumber(patient),
      }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InvalidInputError);
      expect(error).toMatchObject({ field });
    }
  });
});

describe("c30: what is stored of a look-up", () => {
  it("a look-up records who looked, and nothing about the patient", async () => {
    const patient = getPatient(registered, isOrdinary);
    await lookUpPatient(ownCtx, { practiceId, identity: byNhsNumber(patient) });
    await lookUpPatient(ownCtx, { practiceId, identity: byDetails(patient) });
    const { items } = await listActivity(ownCtx, { limit: 1 });
    expect(items[0]).toMatchObject({
      action: "Looked up a patient",
      subject: { type: "practice", id: practiceId },
    });

    const secrets = [
      patient.firstName,
      patient.lastName,
      patient.nhsNumber,
      patient.dateOfBirth,
      patient.postcode,
    ];
    const tables = await sql<{ name: string }[]>`
      select oid::regclass::text as name from pg_class
      where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace`;
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      const [row] = await sql.unsafe<{ content: string }[]>(
        `select coalesce(string_agg(t::text, ' '), '') as content from ${name} t`,
      );
      for (const text of secrets) {
        expect({ name, holds: row?.content.includes(text) }).toEqual({ name, holds: false });
      }
    }
  });
});

describe("registering for the bulk upload worker", () => {
  it("registration has one of three outcomes", async () => {
    const practice = await db.tenant(ownCtx, (tx) => loadPracticeWithKey(tx, ownCtx, practiceId));
    const registeredPatient = getPatient(registered, isOrdinary);
    const unverifiedPatient = getPatient(unregistered, (candidate) => candidate.needsLogin);
    const outcomes = await callHeroForPractice(ownCtx, practice, async (hero) => [
      await registerPatient(hero, {
        by: "nhs_number",
        nhsNumber: registeredPatient.nhsNumber,
        dateOfBirth: registeredPatient.dateOfBirth,
      }),
      await registerPatient(hero, {
        by: "nhs_number",
        nhsNumber: unverifiedPatient.nhsNumber,
        dateOfBirth: unverifiedPatient.dateOfBirth,
      }),
      await registerPatient(hero, {
        by: "nhs_number",
        nhsNumber: "9990000018",
        dateOfBirth: "1980-01-01",
      }),
    ]);
    expect(outcomes).toMatchObject({
      ok: true,
      result: [
        { outcome: "found", patientId: registeredPatient.patientId },
        { outcome: "verification_required" },
        { outcome: "not_found" },
      ],
    });
  });
});
