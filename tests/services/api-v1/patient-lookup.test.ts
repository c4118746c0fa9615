import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { POST } from "@/app/api/v1/patients/lookup/route";
import { listActivity } from "@/server/services/activity";
import type { TenantContext } from "@/server/tenancy/context";
import { buildOpenApi } from "@/server/v1/openapi";
import { createTestApiKey } from "../../support/api-v1";
import {
  createPatientCase,
  getSandboxPractice,
  injectFault,
  listHeroCalls,
} from "../../support/hero";
import { listJobs } from "../../support/mail";
import { createTenantPair } from "../../support/tenants";
import { ajv } from "./support";

const practiceGroupId = "30183";
const otherPracticeGroupId = "30182";

let owner: TenantContext;
let otherOwner: TenantContext;
let staging: TenantContext;
let heroKey: string;
let key: string;
let otherKey: string;

const createLookupKey = async (ctx: TenantContext) =>
  (await createTestApiKey(ctx, ["patients.read"])).key;

beforeAll(async () => {
  const { first, second } = await createTenantPair();
  const practice = await getSandboxPractice(practiceGroupId, "a");
  heroKey = practice.apiKey;
  await first.connect(practice);
  await second.connect(await getSandboxPractice(otherPracticeGroupId, "a"));
  owner = await first.asOwner();
  staging = await first.asOwner("staging");
  otherOwner = await second.asOwner();
  key = await createLookupKey(owner);
  otherKey = await createLookupKey(otherOwner);
});

const validate = ajv.compile({ $ref: "portal.json#/components/schemas/PatientLookup" });

async function lookUp(body: unknown, apiKey: string | undefined = key) {
  const response = await POST(
    new Request("http://localhost:3000/api/v1/patients/lookup", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-request-id": randomUUID(),
        ...(apiKey && { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(body),
    }),
  );
  const text = await response.text();
  const json = JSON.parse(text) as Record<string, unknown>;
  if (response.status === 200)
    expect({ json, errors: validate(json) || validate.errors }).toEqual({ json, errors: true });
  return { status: response.status, text, json, headers: response.headers };
}

async function createPatient(caseName = "found") {
  const [patient] = (await createPatientCase(practiceGroupId, caseName)).patients;
  if (!patient) throw new Error("The case has no patient.");
  const { searchNhsNumber: nhsNumber, dateOfBirth } = patient;
  return { ...patient, body: { practiceGroupId, by: "nhs_number", nhsNumber, dateOfBirth } };
}

const nothing = {
  outcome: "not_found",
  patientId: null,
  refusal: null,
  reason: null,
  loginUrl: null,
};
const nobody = (index: number) => ({
  practiceGroupId,
  by: "details",
  forename: `Nobody${index}`,
  surname: "Here",
  dateOfBirth: "1980-01-01",
  postcode: "KT2 6QW",
});

const countCalls = async () => (await listHeroCalls(heroKey)).length;

describe("POST /patients/lookup", () => {
  it("a patient is found in three ways, and only Hero's ID is returned", async () => {
    const { body, patientId, firstName, lastName, dateOfBirth, postcode } = await createPatient();
    const found = { ...nothing, outcome: "found", patientId };
    const byDetails = {
      practiceGroupId,
      by: "details",
      forename: firstName,
      surname: lastName,
      dateOfBirth,
      postcode,
    };
    for (const request of [
      body,
      byDetails,
      { practiceGroupId, by: "hero_id", patientId, dateOfBirth },
    ]) {
      const { status, json, text, headers } = await lookUp(request);
      expect({ status, json }).toEqual({ status: 200, json: found });
      expect(headers.get("cache-control")).toBe("no-store");
      for (const detail of [firstName, lastName, dateOfBirth, postcode]) {
        expect(text).not.toContain(detail);
      }
    }
    const { items } = await listActivity(owner, { limit: 1 });
    expect(items[0]).toMatchObject({ action: "Looked up a patient", actor: "API key: Server" });
  });

  it.each([
    ["not_found", { outcome: "not_found" }],
    ["must_verify", { outcome: "verification_required", loginUrl: expect.any(String) }],
    ["several_matches", { outcome: "could_not_be_checked", reason: expect.any(String) }],
    ["queued", { outcome: "could_not_be_checked", reason: expect.any(String) }],
    ["superseded_number", { outcome: "identifiers_differ", reason: expect.any(String) }],
    [
      "restricted",
      { outcome: "found", patientId: expect.any(String), refusal: expect.any(String) },
    ],
    ["deceased", { outcome: "found", patientId: expect.any(String), refusal: expect.any(String) }],
  ])("the outcome of the case %s", async (name, expected) => {
    const { body } = await createPatient(name);
    expect((await lookUp(body)).json).toEqual({ ...nothing, ...expected });
  });

  it("a request without two identifiers, or with an invalid one, is a problem and sends nothing", async () => {
    const { body, patientId } = await createPatient();
    const calls = await countCalls();
    const { dateOfBirth: _date, ...withoutDate } = body;
    const invalid: [unknown, string][] = [
      [withoutDate, "/dateOfBirth"],
      [{ practiceGroupId, by: "hero_id", patientId }, "/dateOfBirth"],
      [{ ...body, nhsNumber: "999 123 4567" }, "/nhsNumber"],
      [{ ...body, nhsNumber: "1111111111" }, "/nhsNumber"],
      [{ ...body, dateOfBirth: "2999-01-01" }, "/dateOfBirth"],
      [{ ...body, dateOfBirth: "1981-02-29" }, "/dateOfBirth"],
      [{ ...body, dateOfBirth: "81-02-03" }, "/dateOfBirth"],
      [{ ...body, by: "name" }, "/by"],
      [{ ...body, surprise: 1 }, "/surprise"],
      [[], ""],
    ];
    for (const [request, pointer] of invalid) {
      const { status, json } = await lookUp(request);
      expect({ request, status }).toEqual({ request, status: 400 });
      if (pointer) expect(JSON.stringify(json.errors)).toContain(pointer);
    }
    expect(await countCalls()).toBe(calls);
  });

  it("c1, c2, c3: another tenant's practice, an unknown one and another environment look the same", async () => {
    const { body } = await createPatient();
    const calls = await countCalls();
    const stagingKey = await createLookupKey(staging);
    const unknown = await lookUp({ ...body, practiceGroupId: "7777777" });
    expect(unknown.status).toBe(404);
    for (const attempt of [
      await lookUp({ ...body, practiceGroupId: otherPracticeGroupId }),
      await lookUp(body, otherKey),
      await lookUp(body, stagingKey),
    ]) {
      expect({ status: attempt.status, text: attempt.text }).toEqual({
        status: unknown.status,
        text: unknown.text,
      });
    }
    expect(await countCalls()).toBe(calls);
  });

  it("c15: a key needs patients.read", async () => {
    const { body } = await createPatient();
    const { key: without } = await createTestApiKey(owner);
    expect(await lookUp(body, without)).toMatchObject({
      status: 403,
      json: { requiredPermission: "patients.read" },
    });
    expect((await lookUp(body, "x")).status).toBe(401);
  });

  it("an error of Hero's is a problem, and can be sent again", async () => {
    const { body, patientId } = await createPatient();
    await injectFault({ operation: "registerPatientPds", key: heroKey, status: 500 });
    expect((await lookUp(body)).status).toBe(502);
    expect((await lookUp(body)).json).toMatchObject({ outcome: "found", patientId });
  });

  it("c17: 20 look-ups that matched nobody pause the key, and no other", async () => {
    const ownKey = await createLookupKey(otherOwner);
    const request = (index: number) => ({
      ...nobody(index),
      practiceGroupId: otherPracticeGroupId,
    });
    for (let index = 0; index < 20; index += 1) {
      expect((await lookUp(request(index), ownKey)).json).toEqual(nothing);
    }
    const { status, headers, json } = await lookUp(request(20), ownKey);
    expect({ status, title: json.title }).toEqual({ status: 429, title: "Too many requests" });
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(3500);
    expect((await lookUp(request(21), otherKey)).status).toBe(200);
    const jobs = await listJobs("look-up-limit-mail");
    expect(jobs.map(({ data }) => data.tenantId)).toContain(otherOwner.tenantId);
  });

  it("the description names the operation", () => {
    const path = buildOpenApi().paths?.["/api/v1/patients/lookup"];
    expect(path?.post?.operationId).toBe("lookUpPatient");
  });
});
