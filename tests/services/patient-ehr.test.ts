import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { auditEvents } from "@/db/schema/activity";
import { patientConnections } from "@/db/schema/patients";
import { inScope } from "@/db/scope";
import {
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  OperationIdReusedError,
  RateLimitedError,
} from "@/server/errors";
import type { EhrCandidateView } from "@/server/schemas/patient-ehr";
import {
  compareWithEhr,
  rejectEhrCandidate,
  restoreEhrCandidate,
} from "@/server/services/patients/ehr";
import { connectToEhr } from "@/server/services/patients/ehr-connect";
import type { TenantContext } from "@/server/tenancy/context";
import {
  changePatient,
  createPatientCase,
  type Fault,
  getSandboxPractice,
  injectFault,
  listHeroCalls,
} from "../support/hero";
import { addDataKey, createTenantPair, type TestTenant } from "../support/tenants";

const practiceGroupId = "20417";

let tenants: { first: TestTenant; second: TestTenant };
let operator: TenantContext;
let colleague: TenantContext;
let viewer: TenantContext;
let practiceId: string;
let otherCtx: TenantContext;
let otherPracticeId: string;
let apiKey: string;

beforeAll(async () => {
  tenants = await createTenantPair();
  const practice = await getSandboxPractice(practiceGroupId, "a");
  ({ apiKey } = practice);
  practiceId = (await tenants.first.connect(practice)).id;
  otherPracticeId = (await tenants.second.connect(await getSandboxPractice(practiceGroupId, "b")))
    .id;
  operator = await tenants.first.asRole("operator");
  colleague = await tenants.first.asRole("operator");
  viewer = await tenants.first.asRole("viewer");
  otherCtx = await tenants.second.asOwner();
});

async function createCase(name: string) {
  const { patients } = await createPatientCase(practiceGroupId, name);
  const [patient] = patients;
  if (!patient?.patientId) throw new Error("The case has no patient.");
  const { patientId, dateOfBirth } = patient;
  return { ...patient, input: { practiceId, patientId, dateOfBirth }, patients };
}
type Case = Awaited<ReturnType<typeof createCase>>;

async function listFor(input: Case["input"], ctx = operator) {
  const comparison = await compareWithEhr(ctx, input);
  if (comparison.outcome !== "listed") throw new Error(`Not listed: ${comparison.outcome}`);
  return comparison;
}

async function firstCandidate(input: Case["input"], ctx = operator): Promise<EhrCandidateView> {
  const [candidate] = (await listFor(input, ctx)).candidates;
  if (!candidate) throw new Error("No candidate.");
  return candidate;
}

const connectInput = (
  input: Case["input"],
  { candidateKey, recordsKey, differences }: EhrCandidateView,
) => ({
  ...input,
  candidateKey,
  recordsKey,
  operationId: randomUUID(),
  confirmedDifferences: differences,
});

const inject = (fault: Omit<Fault, "key">) => injectFault({ ...fault, key: apiKey });

async function countConnectCalls(patientId: string) {
  const calls = await listHeroCalls(apiKey, "connectPatientEhr");
  return calls.filter(({ path }) => path.includes(`/${patientId}/`)).length;
}

const listAudit = (patientId: string) =>
  db.tenant(operator, async (tx) => {
    const rows = await tx
      .select({ action: auditEvents.action, details: auditEvents.details })
      .from(auditEvents)
      .where(inScope(auditEvents, operator));
    return rows.filter(({ details }) => details?.patientId === patientId);
  });

const listConnections = (patientId: string) =>
  db.tenant(operator, (tx) =>
    tx
      .select()
      .from(patientConnections)
      .where(
        and(inScope(patientConnections, operator), eq(patientConnections.patientId, patientId)),
      ),
  );

describe("comparing a patient with clinical records", () => {
  it("c32: candidates come in Hero's order with what agrees and what differs", async () => {
    const { input } = await createCase("several_candidates");
    const { patient, candidates, isComplete, connection } = await listFor(input);
    expect(isComplete).toBe(true);
    expect(connection).toBeNull();
    expect(patient).toMatchObject({
      name: expect.stringContaining("Norwood"),
      isLocationHidden: false,
    });
    expect(candidates.map(({ differences }) => differences)).toEqual([
      [],
      ["firstName"],
      ["dateOfBirth"],
    ]);
    expect(candidates[1]?.comparison).toContainEqual({
      field: "nhsNumber",
      agreement: "only_in_hero",
    });
    expect(candidates.every(({ status }) => status === "can_be_connected")).toBe(true);
  });

  it.each([
    ["candidate_differs_in_name", "lastName"],
    ["candidate_differs_in_date_of_birth", "dateOfBirth"],
    ["candidate_differs_in_sex", "sex"],
    ["candidate_differs_in_postcode", "postcode"],
  ])("%s is a difference in %s", async (name, field) => {
    const { input } = await createCase(name);
    expect((await firstCandidate(input)).differences).toEqual([field]);
  });

  it("no candidates, an incomplete list, a refusal and a slow list are four different outcomes", async () => {
    const none = await createCase("no_candidates");
    expect(await listFor(none.input)).toMatchObject({ candidates: [], isComplete: true });
    const operation = "listPatientEhrCandidates";
    await inject({ operation, status: 200, body: JSON.stringify({ data: [], count: 2 }) });
    expect(await listFor(none.input)).toMatchObject({ candidates: [], isComplete: false });
    await inject({ operation, status: 403 });
    expect(await compareWithEhr(operator, none.input)).toMatchObject({ outcome: "not_allowed" });
    await inject({ operation, status: 500, times: 5 });
    expect(await compareWithEhr(operator, none.input)).toMatchObject({
      outcome: "could_not_be_listed",
    });
  });

  it("c17, c32: a wrong date of birth reads no candidates, and the third pauses this patient for this person", async () => {
    const { input } = await createCase("one_candidate");
    const calls = (await listHeroCalls(apiKey, "listPatientEhrCandidates")).length;
    const wrong = { ...input, dateOfBirth: "1901-01-01" };
    for (const _ of [1, 2, 3]) {
      await expect(compareWithEhr(operator, wrong)).rejects.toThrow(InvalidInputError);
    }
    await expect(compareWithEhr(operator, input)).rejects.toThrow(RateLimitedError);
    const shown = { candidateKey: "0".repeat(64), recordsKey: "0".repeat(64) };
    const connecting = { ...input, ...shown, operationId: randomUUID(), confirmedDifferences: [] };
    await expect(connectToEhr(operator, connecting)).rejects.toThrow(RateLimitedError);
    expect((await listHeroCalls(apiKey, "listPatientEhrCandidates")).length).toBe(calls);
    await expect(listFor(input, colleague)).resolves.toBeDefined();
    const other = await createCase("one_candidate");
    await expect(listFor(other.input)).resolves.toBeDefined();
  });

  it("a restricted patient's records show no address", async () => {
    const { input, postcode } = await createCase("candidate_differs_in_postcode");
    await changePatient(input.patientId, { isRestricted: true });
    const comparison = await listFor(input);
    expect(comparison.patient).toMatchObject({ address: null, isLocationHidden: true });
    expect(comparison.candidates[0]).toMatchObject({
      record: { address: null, isLocationHidden: true },
      differences: ["postcode"],
    });
    expect(JSON.stringify(comparison)).not.toContain(postcode);
  });

  it("a patient who has died, is archived or is connected is compared with nothing", async () => {
    const deceased = await createCase("deceased");
    expect(await compareWithEhr(operator, deceased.input)).toMatchObject({ outcome: "refused" });
    const archived = await createCase("archived");
    expect(await compareWithEhr(operator, archived.input)).toMatchObject({ outcome: "refused" });
    const found = await createCase("found");
    expect(await compareWithEhr(operator, found.input)).toEqual({ outcome: "connected" });
  });

  it("a viewer and another organisation compare nothing, and nothing is sent", async () => {
    const { input } = await createCase("one_candidate");
    const calls = (await listHeroCalls(apiKey)).length;
    await expect(compareWithEhr(viewer, input)).rejects.toThrow(ForbiddenError);
    await expect(compareWithEhr(otherCtx, input)).rejects.toThrow(NotFoundError);
    expect((await listHeroCalls(apiKey)).length).toBe(calls);
  });
});

describe("saying that a record is not the patient's", () => {
  it("the decision stops connecting, reopens when a record changes, and can be taken back", async () => {
    const { input } = await createCase("one_candidate");
    const candidate = await firstCandidate(input);
    const { candidateKey, recordsKey } = candidate;
    const rejection = { ...input, candidateKey, recordsKey, reason: "relative" as const };
    expect(await rejectEhrCandidate(operator, rejection)).toEqual({ outcome: "saved" });
    expect((await firstCandidate(input, colleague)).nonMatch).toMatchObject({
      isCurrent: true,
      createdBy: "operator person",
    });
    expect(await connectToEhr(colleague, connectInput(input, candidate))).toMatchObject({
      outcome: "refused",
    });
    await changePatient(input.patientId, { lastName: "Changed" });
    const reopened = await firstCandidate(input);
    expect(reopened.nonMatch).toMatchObject({ isCurrent: false });
    expect(reopened.differences).toEqual(["lastName"]);
    // Renewed for what the records say now, then taken back.
    await rejectEhrCandidate(operator, { ...rejection, recordsKey: reopened.recordsKey });
    expect((await firstCandidate(input)).nonMatch).toMatchObject({ isCurrent: true });
    await restoreEhrCandidate(colleague, { ...input, candidateKey });
    await restoreEhrCandidate(colleague, { ...input, candidateKey });
    expect((await firstCandidate(input)).nonMatch).toBeNull();
    expect((await listAudit(input.patientId)).map(({ action }) => action)).toEqual(
      expect.arrayContaining(["patient.not_matched", "patient.not_matched_withdrawn"]),
    );
  });

  it("a new data key of the organisation forgets no decision", async () => {
    const { input } = await createCase("one_candidate");
    const shown = await firstCandidate(input);
    const { candidateKey, recordsKey } = shown;
    await rejectEhrCandidate(operator, { ...input, candidateKey, recordsKey, reason: "relative" });
    await addDataKey(operator);
    // Also on a page that was opened before.
    expect(await connectToEhr(colleague, connectInput(input, shown))).toMatchObject({
      outcome: "refused",
    });
    const again = await firstCandidate(input, colleague);
    expect(again.nonMatch).toMatchObject({ isCurrent: true, createdBy: "operator person" });
    expect(await connectToEhr(colleague, connectInput(input, again))).toMatchObject({
      outcome: "refused",
    });
    expect(await countConnectCalls(input.patientId)).toBe(0);

    await changePatient(input.patientId, { lastName: "Changed" });
    await addDataKey(operator);
    const reopened = await firstCandidate(input);
    expect(reopened.nonMatch).toMatchObject({ isCurrent: false });
    await restoreEhrCandidate(colleague, { ...input, candidateKey: reopened.candidateKey });
    expect((await firstCandidate(input)).nonMatch).toBeNull();
  });

  it("a decision about records that have changed since is not saved", async () => {
    const { input } = await createCase("one_candidate");
    const { candidateKey, recordsKey } = await firstCandidate(input);
    await changePatient(input.patientId, { lastName: "Changed" });
    const rejection = { ...input, candidateKey, recordsKey, reason: "relative" as const };
    expect(await rejectEhrCandidate(operator, rejection)).toEqual({ outcome: "changed" });
    expect((await firstCandidate(input)).nonMatch).toBeNull();
  });

  it("another organisation neither sees the decision nor takes it back", async () => {
    const { input } = await createCase("one_candidate");
    const { candidateKey, recordsKey } = await firstCandidate(input);
    await rejectEhrCandidate(operator, { ...input, candidateKey, recordsKey, reason: "relative" });
    const otherInput = { ...input, practiceId: otherPracticeId };
    expect((await firstCandidate(otherInput, otherCtx)).nonMatch).toBeNull();
    await restoreEhrCandidate(otherCtx, { ...otherInput, candidateKey });
    await expect(restoreEhrCandidate(otherCtx, { ...input, candidateKey })).rejects.toThrow(
      NotFoundError,
    );
    expect((await firstCandidate(input)).nonMatch).not.toBeNull();
  });
});

describe("connecting a patient", () => {
  it("a patient is connected once, and the audit has no details", async () => {
    const { input, lastName, nhsNumber } = await createCase("one_candidate");
    const connecting = connectInput(input, await firstCandidate(input));
    expect(await connectToEhr(operator, connecting)).toEqual({ outcome: "connected" });
    // Pressed again, and from another tab.
    expect(await connectToEhr(operator, connecting)).toEqual({ outcome: "connected" });
    expect(await connectToEhr(colleague, { ...connecting, operationId: randomUUID() })).toEqual({
      outcome: "connected",
    });
    expect(await countConnectCalls(input.patientId)).toBe(1);
    expect(await compareWithEhr(operator, input)).toEqual({ outcome: "connected" });
    const audit = await listAudit(input.patientId);
    expect(audit.filter(({ action }) => action === "patient.connected")).toHaveLength(1);
    const stored = JSON.stringify([audit, await listConnections(input.patientId)]);
    for (const detail of [lastName, nhsNumber, input.dateOfBirth])
      expect(stored).not.toContain(detail);
  });

  it("two tabs at once have one effect", async () => {
    const { input } = await createCase("one_candidate");
    const connecting = connectInput(input, await firstCandidate(input));
    await inject({ operation: "connectPatientEhr", delayMs: 1200 });
    const results = await Promise.all([
      connectToEhr(operator, connecting),
      connectToEhr(operator, connecting),
      connectToEhr(colleague, { ...connecting, operationId: randomUUID() }),
    ]);
    const outcomes = results.map(({ outcome }) => outcome);
    expect(outcomes).toContain("connected");
    for (const outcome of outcomes) expect(["connected", "in_progress"]).toContain(outcome);
    expect(await countConnectCalls(input.patientId)).toBe(1);
    expect(await listConnections(input.patientId)).toHaveLength(1);
  });

  it("c32: a difference has to be confirmed", async () => {
    const { input } = await createCase("candidate_differs_in_name");
    const connecting = connectInput(input, await firstCandidate(input));
    expect(await connectToEhr(operator, { ...connecting, confirmedDifferences: [] })).toEqual({
      outcome: "changed",
    });
    expect(await countConnectCalls(input.patientId)).toBe(0);
    expect(await connectToEhr(operator, connecting)).toEqual({ outcome: "connected" });
  });

  it("c32: records that have changed since the page was shown are not connected", async () => {
    const { input } = await createCase("one_candidate");
    const connecting = connectInput(input, await firstCandidate(input));
    await changePatient(input.patientId, { lastName: "Changed" });
    expect(await connectToEhr(operator, connecting)).toEqual({ outcome: "changed" });
    await inject({
      operation: "listPatientEhrCandidates",
      status: 200,
      body: JSON.stringify({ data: [] }),
    });
    expect(await connectToEhr(operator, connecting)).toEqual({ outcome: "changed" });
    expect(await countConnectCalls(input.patientId)).toBe(0);
  });

  it("a record of another Hero patient or of a dead person is refused", async () => {
    const taken = await createCase("candidate_is_hero_patient");
    const candidate = await firstCandidate(taken.input);
    expect(candidate).toMatchObject({
      status: "other_patient",
      heroPatientId: taken.patients[1]?.patientId,
    });
    const deceased = await createCase("candidate_deceased");
    const deceasedCandidate = await firstCandidate(deceased.input);
    expect(deceasedCandidate.status).toBe("deceased");
    for (const [{ input }, shown] of [
      [taken, candidate],
      [deceased, deceasedCandidate],
    ] as const) {
      const result = await connectToEhr(operator, connectInput(input, shown));
      expect(result.outcome).toBe("refused");
      expect(await countConnectCalls(input.patientId)).toBe(0);
    }
  });

  it("a patient who dies after the page was shown is not connected", async () => {
    const { input } = await createCase("one_candidate");
    const connecting = connectInput(input, await firstCandidate(input));
    await changePatient(input.patientId, { deceasedOn: "2026-01-01" });
    expect(await connectToEhr(operator, connecting)).toMatchObject({ outcome: "refused" });
    expect(await countConnectCalls(input.patientId)).toBe(0);
  });

  it("a connection that Hero does not show yet is accepted, and reading resolves it", async () => {
    const { input } = await createCase("one_candidate");
    await changePatient(input.patientId, { showsChanges: false });
    const connecting = connectInput(input, await firstCandidate(input));
    expect(await connectToEhr(operator, connecting)).toEqual({ outcome: "accepted" });
    expect((await listFor(input, colleague)).connection).toMatchObject({ state: "accepted" });
    const again = { ...connecting, operationId: randomUUID() };
    expect(await connectToEhr(colleague, again)).toMatchObject({ outcome: "refused" });
    expect(await countConnectCalls(input.patientId)).toBe(1);
    await changePatient(input.patientId, { showsChanges: true });
    expect(await compareWithEhr(operator, input)).toEqual({ outcome: "connected" });
    expect(await listConnections(input.patientId)).toMatchObject([{ outcome: "connected" }]);
    expect((await listAudit(input.patientId)).map(({ action }) => action)).toEqual(
      expect.arrayContaining(["patient.connection_unknown", "patient.connected"]),
    );
  });

  it("a lost reply is resolved by reading, whether Hero did the work or not", async () => {
    const done = await createCase("one_candidate");
    await inject({ operation: "connectPatientEhr", reset: true, afterWork: true });
    const doneInput = connectInput(done.input, await firstCandidate(done.input));
    expect(await connectToEhr(operator, doneInput)).toEqual({ outcome: "connected" });

    const lost = await createCase("one_candidate");
    const lostInput = connectInput(lost.input, await firstCandidate(lost.input));
    await inject({ operation: "connectPatientEhr", reset: true });
    expect(await connectToEhr(operator, lostInput)).toMatchObject({ outcome: "unknown" });
    // The same operation is never sent again; a person may send it to the same record.
    expect(await connectToEhr(operator, lostInput)).toMatchObject({ outcome: "unknown" });
    expect((await listFor(lost.input)).connection).toMatchObject({ state: "unknown" });
    expect(await countConnectCalls(lost.input.patientId)).toBe(1);
    const again = { ...lostInput, operationId: randomUUID() };
    expect(await connectToEhr(operator, again)).toEqual({ outcome: "connected" });
    expect(await listConnections(lost.input.patientId)).toMatchObject([{ outcome: "connected" }]);
  });

  it("a new data key of the organisation forgets no connection", async () => {
    const lost = await createCase("one_candidate");
    const lostInput = connectInput(lost.input, await firstCandidate(lost.input));
    await inject({ operation: "connectPatientEhr", reset: true });
    expect(await connectToEhr(operator, lostInput)).toMatchObject({ outcome: "unknown" });
    const slow = await createCase("one_candidate");
    await changePatient(slow.input.patientId, { showsChanges: false });
    const slowInput = connectInput(slow.input, await firstCandidate(slow.input));
    expect(await connectToEhr(operator, slowInput)).toEqual({ outcome: "accepted" });
    await addDataKey(operator);

    // A person sends the unknown one again to the same record.
    const again = connectInput(lost.input, await firstCandidate(lost.input));
    expect(await connectToEhr(operator, again)).toEqual({ outcome: "connected" });
    expect(await listConnections(lost.input.patientId)).toMatchObject([{ outcome: "connected" }]);

    await changePatient(slow.input.patientId, { showsChanges: true });
    expect(await compareWithEhr(operator, slow.input)).toEqual({ outcome: "connected" });
    expect(await listConnections(slow.input.patientId)).toMatchObject([{ outcome: "connected" }]);
  });

  it("after an unknown connection no other record is connected for a day", async () => {
    const { input } = await createCase("several_candidates");
    const [first, second] = (await listFor(input)).candidates;
    if (!first || !second) throw new Error("No candidates.");
    await inject({ operation: "connectPatientEhr", reset: true });
    expect(await connectToEhr(operator, connectInput(input, first))).toMatchObject({
      outcome: "unknown",
    });
    const other = connectInput(input, second);
    expect(await connectToEhr(operator, other)).toMatchObject({ outcome: "refused" });
    expect(await countConnectCalls(input.patientId)).toBe(1);
    await db.tenant(operator, (tx) =>
      tx
        .update(patientConnections)
        .set({ sentAt: new Date(Date.now() - 25 * 3_600_000) })
        .where(
          and(
            inScope(patientConnections, operator),
            eq(patientConnections.patientId, input.patientId),
          ),
        ),
    );
    expect(await connectToEhr(operator, other)).toEqual({ outcome: "connected" });
  });

  it("a connection whose process died is unknown after two minutes", async () => {
    const { input } = await createCase("one_candidate");
    const { candidateKey } = await firstCandidate(input);
    const insert = (patientId: string, sentAt: Date) =>
      db.tenant(operator, (tx) =>
        tx.insert(patientConnections).values({
          tenantId: operator.tenantId,
          environment: operator.environment,
          id: randomUUID(),
          operationId: randomUUID(),
          practiceId,
          patientId,
          candidateFingerprint: candidateKey,
          createdBy: randomUUID(),
          sentAt,
        }),
      );
    await insert(input.patientId, new Date(Date.now() - 3 * 60_000));
    expect((await listFor(input)).connection).toMatchObject({ state: "unknown" });
    const fresh = await createCase("one_candidate");
    await insert(fresh.input.patientId, new Date());
    expect((await listFor(fresh.input)).connection).toMatchObject({ state: "pending" });
    const connecting = connectInput(fresh.input, await firstCandidate(fresh.input));
    expect(await connectToEhr(operator, connecting)).toEqual({ outcome: "in_progress" });
    expect(await countConnectCalls(fresh.input.patientId)).toBe(0);
  });

  it.each([
    ["a conflict", { status: 409 }, "already connected"],
    ["a refusal", { status: 403 }, "not connected"],
    ["too many requests", { status: 429 }, "not connected"],
  ])("%s is a failure, and the patient can be connected later", async (_, fault, text) => {
    const { input } = await createCase("one_candidate");
    const candidate = await firstCandidate(input);
    await inject({ operation: "connectPatientEhr", ...fault });
    expect(await connectToEhr(operator, connectInput(input, candidate))).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining(text),
    });
    expect((await listFor(input)).connection).toBeNull();
    expect(await connectToEhr(operator, connectInput(input, candidate))).toEqual({
      outcome: "connected",
    });
  });

  it("an operation ID belongs to one patient and one record", async () => {
    const one = await createCase("one_candidate");
    const other = await createCase("one_candidate");
    const connecting = connectInput(one.input, await firstCandidate(one.input));
    await inject({ operation: "connectPatientEhr", status: 409 });
    await connectToEhr(operator, connecting);
    const reused = {
      ...connectInput(other.input, await firstCandidate(other.input)),
      operationId: connecting.operationId,
    };
    await expect(connectToEhr(operator, reused)).rejects.toThrow(OperationIdReusedError);
    expect(await countConnectCalls(other.input.patientId)).toBe(0);
  });

  it("a viewer and another organisation connect nothing", async () => {
    const { input } = await createCase("one_candidate");
    const connecting = connectInput(input, await firstCandidate(input));
    await expect(connectToEhr(viewer, connecting)).rejects.toThrow(ForbiddenError);
    await expect(connectToEhr(otherCtx, connecting)).rejects.toThrow(NotFoundError);
    expect(await countConnectCalls(input.patientId)).toBe(0);
  });
});
