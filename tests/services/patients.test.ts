import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import {
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
} from "@/server/errors";
import { HeroError } from "@/server/hero/errors";
import { lookUpPatientInput, type PatientWay } from "@/server/schemas/patients";
import { countTry, forgiveAll } from "@/server/services/limits";
import { listActivity } from "@/server/services/activity";
import { callHeroFor, loadReachablePractice } from "@/server/services/hero/access";
import { lookUpPatient } from "@/server/services/patients/look-up";
import { registerPatient } from "@/server/services/patients/register";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import {
  findPractice,
  injectFault,
  listCalls,
  listTestPatients,
  type TestPatient,
} from "../support/hero";
import { makeLookAlikes } from "../support/tenants";

const sql = connectAsSuperuser();
const practiceGroupId = "20690";

let ours: TenantContext;
let theirs: TenantContext;
let operator: TenantContext;
let viewer: TenantContext;
let practiceId: string;
let apiKey: string;
let people: TestPatient[];
let strangers: TestPatient[];

beforeAll(async () => {
  const tenants = await makeLookAlikes();
  const practice = await findPractice(practiceGroupId, "a");
  ({ apiKey } = practice);
  practiceId = (await tenants.ours.connect(practice)).id;
  ours = await tenants.ours.as();
  theirs = await tenants.theirs.as();
  operator = await tenants.ours.asRole("operator");
  viewer = await tenants.ours.asRole("viewer");
  people = await listTestPatients(practiceGroupId);
  strangers = await listTestPatients(null);
});

function someone(list: TestPatient[], fits: (one: TestPatient) => boolean): TestPatient {
  const found = list.find(fits);
  if (!found) throw new Error("The sandbox has no such patient.");
  return found;
}

const byNumber = ({ nhsNumber, dateOfBirth }: TestPatient): PatientWay => ({
  by: "nhs_number",
  nhsNumber,
  dateOfBirth,
});

const byDetails = (one: TestPatient): PatientWay => ({
  by: "details",
  forename: one.firstName,
  surname: one.lastName,
  dateOfBirth: one.dateOfBirth,
  postcode: one.postcode,
});

const usual = (one: TestPatient) => !one.isArchived && !one.isRestricted && !one.isDeceased;

describe("looking a patient up", () => {
  it.each([
    ["NHS number and date of birth", byNumber],
    ["name, date of birth and postcode", byDetails],
    [
      "Hero's own id",
      (one: TestPatient): PatientWay => ({ by: "hero_id", patientId: one.patientId ?? "" }),
    ],
  ])("by %s gives Hero's id and what tells them apart", async (_, wayOf) => {
    const patient = someone(people, usual);
    const answer = await lookUpPatient(operator, { practiceId, identity: wayOf(patient) });
    expect(answer).toMatchObject({
      outcome: "found",
      patientId: patient.patientId,
      demographics: { dateOfBirth: patient.dateOfBirth, postcode: patient.postcode },
      warning: null,
    });
    expect(answer.outcome === "found" && answer.demographics?.name).toContain(patient.lastName);
  });

  it("takes what people type, as the schema makes it", async () => {
    const patient = someone(people, usual);
    const input = lookUpPatientInput.parse({
      practiceId,
      identity: {
        ...byDetails(patient),
        forename: ` ${patient.firstName} `,
        postcode: patient.postcode.toLowerCase().replace(" ", ""),
      },
    });
    expect(await lookUpPatient(ours, input)).toMatchObject({ patientId: patient.patientId });
  });

  it("registers somebody the practice did not have, and gives the same id again", async () => {
    const stranger = someone(strangers, (one) => usual(one) && !one.needsLogin);
    const identity = byNumber(stranger);
    const first = await lookUpPatient(ours, { practiceId, identity });
    expect(first).toMatchObject({ outcome: "found", warning: null });
    expect(await lookUpPatient(ours, { practiceId, identity })).toEqual(first);
  });

  it("says that the patient has to sign in, and where", async () => {
    const identity = byNumber(someone(strangers, (one) => one.needsLogin));
    const answer = await lookUpPatient(ours, { practiceId, identity });
    expect(answer).toEqual({
      outcome: "must_verify",
      loginUrl: expect.stringMatching(/^http:\/\/localhost:\d+\/verify\/20690$/),
    });
  });

  it("says that nobody was found, also for one who has died and for an unknown id", async () => {
    const identities: PatientWay[] = [
      { by: "nhs_number", nhsNumber: "9990000018", dateOfBirth: "1980-01-01" },
      byNumber(someone(strangers, (one) => one.isDeceased)),
      { by: "hero_id", patientId: "99999999" },
    ];
    for (const identity of identities) {
      expect(await lookUpPatient(ours, { practiceId, identity })).toEqual({
        outcome: "not_found",
      });
    }
  });

  it("does not find one practice's patient by id at another", async () => {
    const [other] = await listTestPatients("20417");
    const identity = { by: "hero_id", patientId: other?.patientId ?? "" } as const;
    expect(await lookUpPatient(ours, { practiceId, identity })).toEqual({ outcome: "not_found" });
  });

  it("is refused to a viewer and to another tenant, and nothing leaves the portal", async () => {
    const calls = (await listCalls(apiKey)).length;
    const input = { practiceId, identity: byNumber(someone(people, usual)) };
    await expect(lookUpPatient(viewer, input)).rejects.toThrow(ForbiddenError);
    await expect(lookUpPatient(theirs, input)).rejects.toThrow(NotFoundError);
    expect((await listCalls(apiKey)).length).toBe(calls);
  });

  it("stops after 120 in an hour, for that person alone", async () => {
    const patient = { practiceId, identity: byNumber(someone(people, usual)) };
    const actor = operator.actor.kind === "person" ? operator.actor.userId : "";
    const key = `${operator.tenantId}/${actor}`;
    await forgiveAll("patient-look-up", key);
    for (let tries = 0; tries < 120; tries++) await countTry("patient-look-up", key);
    const calls = (await listCalls(apiKey)).length;
    await expect(lookUpPatient(operator, patient)).rejects.toThrow(RateLimitedError);
    expect((await listCalls(apiKey)).length).toBe(calls);
    expect(await lookUpPatient(ours, patient)).toMatchObject({ outcome: "found" });
    await forgiveAll("patient-look-up", key);
  });
});

describe("a patient whom no link should be made for", () => {
  const answer = (patient: Record<string, unknown>) =>
    injectFault({
      operation: "getPatientById",
      key: apiKey,
      status: 200,
      body: JSON.stringify({ dob: "1980-01-01", status: "unarchived", ...patient }),
    });

  it.each([
    ["has died", { deceased_at: "2024-02-09T00:00:00Z" }, "has died"],
    ["is restricted", { restricted: true }, "restricted"],
    ["is archived", { status: "archived" }, "archived"],
  ])("%s, and the answer warns", async (_, more, word) => {
    await answer({ id: "41", ...more });
    const found = await lookUpPatient(ours, {
      practiceId,
      identity: { by: "hero_id", patientId: "41" },
    });
    expect(found).toMatchObject({ outcome: "found", warning: expect.stringContaining(word) });
  });

  it("is another than the one who was asked for", async () => {
    const patient = someone(people, usual);
    await answer({ id: patient.patientId, dob: "1901-01-01" });
    const found = await lookUpPatient(ours, { practiceId, identity: byNumber(patient) });
    expect(found).toMatchObject({ warning: expect.stringContaining("differs") });
  });

  it("has a date of birth that the clock change does not move", async () => {
    const moments = {
      "1980-07-01": ["1980-07-01", "1980-07-01T00:00:00Z", "1980-06-30T23:00:00Z"],
      "1980-01-01": ["1980-01-01T00:00:00", "1980-01-01T00:00:00.000Z"],
    };
    for (const [day, texts] of Object.entries(moments)) {
      for (const dob of texts) {
        await answer({ id: "41", dob });
        const identity = { by: "hero_id", patientId: "41" } as const;
        const found = await lookUpPatient(ours, { practiceId, identity });
        expect(found).toMatchObject({ demographics: { dateOfBirth: day } });
      }
    }
  });

  it("is still found when the record cannot be read, and says so", async () => {
    const patient = someone(people, usual);
    await injectFault({ operation: "getPatientById", key: apiKey, status: 403 });
    const found = await lookUpPatient(ours, { practiceId, identity: byNumber(patient) });
    expect(found).toEqual({
      outcome: "found",
      patientId: patient.patientId,
      demographics: null,
      warning: null,
    });
  });

  it("is not shown with the details of somebody else", async () => {
    const patient = someone(people, usual);
    await answer({ id: "7", last_name: "Somebody" });
    const found = await lookUpPatient(ours, { practiceId, identity: byNumber(patient) });
    expect(found).toMatchObject({ patientId: patient.patientId, demographics: null });
  });
});

describe("when Hero is in trouble", () => {
  it.each([
    ["500", { status: 500 }, "upstream_failed"],
    ["403", { status: 403 }, "forbidden"],
    ["nonsense", { malformed: true }, "unreadable_reply"],
    ["an empty body", { empty: true }, "unreadable_reply"],
    ["silence", { hang: true }, "timed_out"],
  ] as const)("%s is an error with its name, asked once", async (_, fault, code) => {
    const asked = (await listCalls(apiKey, "registerPatientPds")).length;
    await injectFault({ operation: "registerPatientPds", key: apiKey, ...fault });
    const identity = byNumber(someone(people, usual));
    const error = await lookUpPatient(ours, { practiceId, identity }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(HeroError);
    expect(error).toMatchObject({ code });
    expect((await listCalls(apiKey, "registerPatientPds")).length).toBe(asked + 1);
  });

  it("400 stands beside the field that Hero named", async () => {
    const patient = someone(people, usual);
    const refuse = (path: string) =>
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
      await refuse(path);
      const error = await lookUpPatient(ours, { practiceId, identity: byNumber(patient) }).catch(
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(InvalidInputError);
      expect(error).toMatchObject({ field });
    }
  });
});

describe("c30: what is kept of a look-up", () => {
  it("is that somebody asked, and nothing of whom", async () => {
    const patient = someone(people, usual);
    await lookUpPatient(ours, { practiceId, identity: byNumber(patient) });
    await lookUpPatient(ours, { practiceId, identity: byDetails(patient) });
    const { items } = await listActivity(ours, { limit: 1 });
    expect(items[0]).toMatchObject({
      action: "Looked a patient up",
      subject: { type: "practice", id: practiceId },
    });

    const canary = [
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
      const [row] = await sql.unsafe<{ said: string }[]>(
        `select coalesce(string_agg(t::text, ' '), '') as said from ${name} t`,
      );
      for (const word of canary) {
        expect({ name, holds: row?.said.includes(word) }).toEqual({ name, holds: false });
      }
    }
  });
});

describe("registering for the bulk's runner", () => {
  it("gives one of three answers", async () => {
    const practice = await db.tenant(ours, (tx) => loadReachablePractice(tx, ours, practiceId));
    const known = someone(people, usual);
    const verifying = someone(strangers, (one) => one.needsLogin);
    const outcomes = await callHeroFor(ours, practice, async (hero) => [
      await registerPatient(hero, {
        by: "nhs_number",
        nhsNumber: known.nhsNumber,
        dateOfBirth: known.dateOfBirth,
      }),
      await registerPatient(hero, {
        by: "nhs_number",
        nhsNumber: verifying.nhsNumber,
        dateOfBirth: verifying.dateOfBirth,
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
        { outcome: "found", patientId: known.patientId },
        { outcome: "must_verify" },
        { outcome: "not_found" },
      ],
    });
  });
});
