import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import {
  ConflictError,
  ForbiddenError,
  NotFoundError,
  OperationIdReusedError,
} from "@/server/errors";
import { type OwnDetails, registerPatientInput } from "@/server/schemas/patients";
import { listActivity } from "@/server/services/activity";
import { lookUpPatient } from "@/server/services/patients/lookup";
import { registerPatientByDetails } from "@/server/services/patients/register-by-details";
import type { TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import {
  createPatientCase,
  getSandboxPractice,
  injectFault,
  injectPatient,
  listHeroCalls,
} from "../support/hero";
import { addDataKey, createTenantPair } from "../support/tenants";

const sql = connectAsSuperuser();
const practiceGroupId = "30182";

let owner: TenantContext;
let otherOwner: TenantContext;
let operator: TenantContext;
let viewer: TenantContext;
let practiceId: string;
let apiKey: string;

beforeAll(async () => {
  const { first, second } = await createTenantPair();
  const practice = await getSandboxPractice(practiceGroupId, "a");
  ({ apiKey } = practice);
  practiceId = (await first.connect(practice)).id;
  owner = await first.asOwner();
  otherOwner = await second.asOwner();
  operator = await first.asRole("operator");
  viewer = await first.asRole("viewer");
});

/** A person whom nobody has registered before. */
const someone = (overrides: Partial<OwnDetails> = {}) =>
  registerPatientInput.parse({
    operationId: randomUUID(),
    practiceId,
    forename: "Noor",
    surname: `Canary${randomUUID().replace(/[^a-f]/g, "")}`,
    dateOfBirth: "1971-03-14",
    postcode: "kt2 6qw",
    mobile: "07700 900 123",
    ...overrides,
  });

const countWrites = async () => (await listHeroCalls(apiKey, "registerPatient")).length;

describe("registering a patient from their own details", () => {
  it("the patient is registered once, read back and audited", async () => {
    const input = someone();
    const writes = await countWrites();
    const result = await registerPatientByDetails(operator, input);
    expect(result).toEqual({ outcome: "registered", patientId: expect.any(String) });
    expect(await registerPatientByDetails(operator, input)).toEqual(result);
    await addDataKey(operator);
    expect(await registerPatientByDetails(operator, input)).toEqual(result);
    expect(await countWrites()).toBe(writes + 1);
    const patientId = result.outcome === "registered" ? result.patientId : "";
    expect(
      await lookUpPatient(operator, {
        practiceId,
        identity: { by: "hero_id", patientId, dateOfBirth: input.dateOfBirth },
      }),
    ).toMatchObject({ outcome: "found", patientId });
    const { items } = await listActivity(owner, { limit: 5 });
    expect(items.map(({ action, actor }) => [action, actor])).toContainEqual([
      "Registered a patient",
      "operator person",
    ]);
  });

  it("the same request pressed twice at once has one effect", async () => {
    const input = someone();
    const writes = await countWrites();
    const results = await Promise.allSettled([
      registerPatientByDetails(owner, input),
      registerPatientByDetails(owner, input),
    ]);
    expect(await countWrites()).toBe(writes + 1);
    const registered = results.filter(({ status }) => status === "fulfilled");
    expect(registered.length).toBeGreaterThan(0);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toBeInstanceOf(ConflictError);
    }
  });

  it("a patient with the same NHS number and date of birth is updated, not doubled", async () => {
    const [patient] = (await createPatientCase(practiceGroupId, "found")).patients;
    if (!patient) throw new Error("The case has no patient.");
    const input = someone({
      nhsNumber: patient.nhsNumber,
      dateOfBirth: patient.dateOfBirth,
      surname: "Newname",
    });
    expect(await registerPatientByDetails(owner, input)).toEqual({
      outcome: "registered",
      patientId: patient.patientId,
    });
  });

  it("another person's details with the same operation ID are refused", async () => {
    const input = someone();
    await registerPatientByDetails(owner, input);
    const writes = await countWrites();
    await expect(
      registerPatientByDetails(owner, { ...someone(), operationId: input.operationId }),
    ).rejects.toThrow(OperationIdReusedError);
    expect(await countWrites()).toBe(writes);
  });

  it.each([
    ["silence", { hang: true }],
    ["a broken connection after the work", { reset: true, afterWork: true }],
    ["half a reply", { truncate: true }],
    ["500", { status: 500 }],
  ] as const)("after %s the outcome stays unknown, and nothing is sent again", async (_, fault) => {
    const input = someone();
    const writes = await countWrites();
    await injectFault({ operation: "registerPatient", key: apiKey, ...fault });
    const first = await registerPatientByDetails(owner, input);
    expect(first).toEqual({
      outcome: "unknown",
      reason: expect.stringContaining("Check with the practice"),
    });
    expect(await registerPatientByDetails(owner, input)).toEqual(first);
    expect(await countWrites()).toBe(writes + 1);
  });

  it.each([400, 403])("after status %i nothing was registered", async (status) => {
    const input = someone();
    await injectFault({ operation: "registerPatient", key: apiKey, status });
    const first = await registerPatientByDetails(owner, input);
    expect(first).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("was not registered"),
    });
    expect(await registerPatientByDetails(owner, input)).toEqual(first);
  });

  it("a record that differs, or cannot be read, is accepted and not registered", async () => {
    await injectPatient({ key: apiKey }, { id: "7", dob: "1901-01-01" });
    expect(await registerPatientByDetails(owner, someone())).toMatchObject({
      outcome: "accepted",
      patientId: expect.any(String),
    });
    await injectFault({ operation: "getPatientById", key: apiKey, status: 403 });
    expect(await registerPatientByDetails(owner, someone())).toMatchObject({
      outcome: "accepted",
      reason: expect.stringContaining("could not read"),
    });
  });

  it("a process that died leaves an unknown registration", async () => {
    const input = someone();
    await registerPatientByDetails(owner, input);
    await sql`update patient_registrations
      set outcome = 'pending', patient_id = null, created_at = now() - interval '10 minutes'
      where tenant_id = ${owner.tenantId} and operation_id = ${input.operationId}`;
    const writes = await countWrites();
    expect(await registerPatientByDetails(owner, input)).toMatchObject({ outcome: "unknown" });
    expect(await countWrites()).toBe(writes);
  });

  it("c1, c15: another tenant and a viewer register nobody", async () => {
    const writes = await countWrites();
    await expect(registerPatientByDetails(otherOwner, someone())).rejects.toThrow(NotFoundError);
    await expect(registerPatientByDetails(viewer, someone())).rejects.toThrow(ForbiddenError);
    expect(await countWrites()).toBe(writes);
  });

  it("c30: nothing of the patient is stored", async () => {
    const input = someone({ email: "canary-noor@example.org" });
    await registerPatientByDetails(owner, input);
    const secrets = [input.surname, "7700900123", "canary-noor", "1971-03-14", "KT2 6QW"];
    const tables = await sql<{ name: string }[]>`
      select oid::regclass::text as name from pg_class
      where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace`;
    for (const { name } of tables) {
      const [row] = await sql.unsafe<{ content: string }[]>(
        `select coalesce(string_agg(t::text, ' '), '') as content from ${name} t`,
      );
      for (const text of secrets) {
        expect({ name, text, holds: row?.content.includes(text) }).toEqual({
          name,
          text,
          holds: false,
        });
      }
    }
  });
});
