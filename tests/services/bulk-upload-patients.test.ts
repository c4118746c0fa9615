import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { InvalidInputError, RateLimitedError } from "@/server/errors";
import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { resumeBulkUpload, startBulkUpload } from "@/server/services/bulk-uploads/control";
import { addBulkUploadRows, createBulkUpload } from "@/server/services/bulk-uploads/create";
import { getBulkUpload, listBulkUploadRows } from "@/server/services/bulk-uploads/read";
import { runBulkUpload } from "@/server/services/bulk-uploads/run";
import { requireAllowedPatient } from "@/server/services/patients/check";
import { lookUpPatient } from "@/server/services/patients/lookup";
import { loadPracticeWithKey } from "@/server/services/practices/load-with-key";
import { countFailure, resetRateLimit } from "@/server/services/rate-limits";
import { actorId, type TenantContext } from "@/server/tenancy/context";
import { connectAsSuperuser } from "../setup/database";
import {
  changePatient,
  createPatientCase,
  getSandboxPractice,
  listGeneratedPatients,
  listTestPatients,
  type TestPatient,
} from "../support/hero";
import { listEmails, listJobs, runJobs } from "../support/mail";
import { createTenantPair, firstBookingChoice, type TestTenant } from "../support/tenants";

const superuser = connectAsSuperuser();
const { signal } = new AbortController();
const expiresOn = addDays(ukDateOf(new Date()), 7);

let ctx: TenantContext;
let tenant: TestTenant;
let practiceId: string;
let choice: { appointmentTypeId: string; locationId: string };
let patients: (TestPatient & { patientId: string })[];

beforeAll(async () => {
  const { first } = await createTenantPair();
  tenant = first;
  const practice = await getSandboxPractice("30183", "a");
  practiceId = (await first.connect(practice)).id;
  ctx = await first.asOwner();
  choice = await firstBookingChoice(ctx, practiceId);
  patients = (await listTestPatients("30183")).flatMap((patient) =>
    patient.patientId &&
    !patient.isArchived &&
    !patient.isRestricted &&
    !patient.isDeceased &&
    !patient.needsLogin
      ? [{ ...patient, patientId: patient.patientId }]
      : [],
  );
});

const pair = () => {
  const [one, two] = patients;
  if (!one || !two) throw new Error("The sandbox has too few patients.");
  return [one, two] as const;
};
const byNumber = ({ nhsNumber, dateOfBirth }: { nhsNumber: string; dateOfBirth: string }) =>
  ({ by: "nhs_number", nhsNumber, dateOfBirth }) as const;
const byDetails = (patient: TestPatient) =>
  ({
    by: "details",
    forename: patient.firstName,
    surname: patient.lastName,
    dateOfBirth: patient.dateOfBirth,
    postcode: patient.postcode,
  }) as const;

async function run(rows: Partial<BulkUploadRow>[], allowsDuplicates = false) {
  const { id: bulkUploadId } = await createBulkUpload(ctx, {
    operationId: randomUUID(),
    name: "Flu letters",
    kind: "booking",
    rowCount: rows.length,
    columns: {},
    allowsDuplicates,
  });
  await addBulkUploadRows(ctx, {
    bulkUploadId,
    rows: rows.map(
      (row, index) =>
        ({
          rowNumber: index + 2,
          practiceId,
          ...choice,
          expiresOn,
          maxUses: 1,
          ...row,
        }) as BulkUploadRow,
    ),
  });
  await startBulkUpload(ctx, { bulkUploadId, confirmedRecipients: rows.length });
  for (let runs = 0; runs < 20 && (await runBulkUpload(ctx, bulkUploadId, signal)); runs += 1);
  const { items } = await listBulkUploadRows(ctx, { bulkUploadId });
  return { bulkUpload: await getBulkUpload(ctx, { bulkUploadId }), items };
}

describe("B1: two identifiers in a row must agree", () => {
  it("B1: with two patients swapped, each row is refused and no link is created", async () => {
    const [one, two] = pair();
    const { items } = await run([
      { patientId: one.patientId, identity: byNumber(two) },
      { patientId: two.patientId, identity: byNumber(one) },
      { patientId: one.patientId, identity: byDetails(two) },
      { patientId: one.patientId, otherDetails: { nhsNumber: two.nhsNumber } },
      { patientId: two.patientId, otherDetails: { dateOfBirth: one.dateOfBirth } },
      { patientId: two.patientId, otherDetails: { surname: one.lastName } },
      { identity: byNumber(one), otherDetails: { surname: two.lastName } },
      { identity: byNumber(one), otherDetails: { forename: two.firstName } },
      { identity: byNumber(two), otherDetails: { postcode: "KT2 6QW" } },
    ]);
    expect(items.map(({ state, linkId }) => [state, linkId])).toEqual(
      items.map(() => ["failed", null]),
    );
    for (const { reason } of items) expect(reason).toMatch(/different patients|differs/);
  });

  it("B1: identifiers of one patient agree in any spelling", async () => {
    const [one, two] = pair();
    const { items } = await run([
      {
        patientId: one.patientId,
        identity: byNumber(one),
        otherDetails: {
          forename: one.firstName.toUpperCase(),
          surname: ` ${one.lastName}`.trim(),
          postcode: one.postcode,
        },
      },
      { identity: byNumber(two), otherDetails: { surname: two.lastName.replace("'", "’") } },
    ]);
    expect(items.map(({ state, reason }) => [state, reason])).toEqual([
      ["created", null],
      ["created", null],
    ]);
  });
});

describe("a Hero patient ID whose record was merged elsewhere", () => {
  it.each(["other_id", "empty_list"] as const)(
    "the row fails with a reason and the other rows are processed (%s)",
    async (reply) => {
      const createPatient = async () => {
        const [patient] = (await createPatientCase("30183", "found")).patients;
        return { patientId: patient?.patientId ?? "", dateOfBirth: patient?.dateOfBirth ?? "" };
      };
      const [merged, survivor] = [await createPatient(), await createPatient()];
      await changePatient(merged.patientId, {
        mergedInto: { patientId: survivor.patientId, reply },
      });
      const { bulkUpload, items } = await run([
        { patientId: merged.patientId },
        { patientId: merged.patientId, otherDetails: { dateOfBirth: merged.dateOfBirth } },
        { patientId: survivor.patientId },
      ]);
      expect(items.map(({ state }) => state)).toEqual(["failed", "failed", "created"]);
      for (const { reason } of items.slice(0, 2)) {
        expect(reason).toContain("was merged into another one");
        expect(reason).toContain("No link was created");
      }
      expect(bulkUpload).toMatchObject({
        state: "finished",
        counts: { failed: 2, created: 1, waiting: 0 },
      });
      const noted = await superuser`
        select replaced_by from replaced_patients
        where practice_id = ${practiceId} and patient_id = ${merged.patientId}`;
      expect(noted).toEqual([{ replaced_by: reply === "other_id" ? survivor.patientId : null }]);
    },
  );
});

describe("B5: repeats are judged once the patient is known", () => {
  it("B5: one patient by number, by details and by Hero's ID gets one link", async () => {
    const [, , patient] = patients;
    if (!patient) throw new Error("The sandbox has too few patients.");
    const { items } = await run([
      { identity: byNumber(patient) },
      { identity: byDetails(patient) },
      { patientId: patient.patientId },
    ]);
    expect(items.map(({ state }) => state).toSorted()).toEqual(["created", "failed", "failed"]);
    for (const { state, reason } of items) {
      if (state === "failed") expect(reason).toContain("is for the same patient");
    }

    const later = await run([{ patientId: patient.patientId }]);
    expect(later.items[0]).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("already has a live link"),
    });
    const allowed = await run([{ identity: byNumber(patient) }], true);
    expect(allowed.items[0]).toMatchObject({ state: "created" });
  });
});

describe("B10: one limit for look-ups that match nobody", () => {
  const key = () => `${ctx.tenantId}/${actorId(ctx)}`;

  it("B10: matching rows do not count, others pause the upload, tell the owner and stop the screen as well", async () => {
    await resetRateLimit("patient-look-up", key());
    const matchedRows = 10;
    const unmatched = (index: number) =>
      ({
        identity: {
          by: "details",
          forename: `Nobody${index}`,
          surname: "Here",
          dateOfBirth: "1980-01-01",
          postcode: "KT2 6QW",
        },
      }) as const;
    const matching = (await listGeneratedPatients(matchedRows)).map((patient) => ({
      identity: byNumber(patient),
    }));
    const { bulkUpload } = await run([
      ...matching,
      ...Array.from({ length: 130 }, (_, index) => unmatched(index)),
    ]);
    const { failed, ...otherCounts } = bulkUpload.counts;
    expect(bulkUpload.state).toBe("paused");
    expect(otherCounts).toMatchObject({ created: matchedRows });
    // The rows in progress finish.
    expect(failed).toBeGreaterThan(20);
    expect(failed).toBeLessThanOrEqual(20 + 8);
    expect(bulkUpload.pauseReason).toContain("Too many look-ups did not match");
    expect((await listJobs("look-up-limit-mail")).map(({ data }) => data)).toEqual([
      {
        tenantId: ctx.tenantId,
        environment: "sandbox",
        personId: actorId(ctx),
        bulkUploadId: bulkUpload.id,
      },
    ]);
    const operator = await tenant.asRole("operator");
    await runJobs("look-up-limit-mail");
    const [message, ...others] = await listEmails(tenant.owner.email);
    expect(others).toEqual([]);
    expect(message?.text).toContain(`${bulkUpload.createdBy} uploaded “Flu letters”`);
    expect(message?.text).not.toContain("Nobody");
    expect(message?.links).toEqual([
      `http://localhost:3000/${tenant.slug}/sandbox/links/bulk-uploads/${bulkUpload.id}`,
    ]);
    if (operator.actor.kind !== "person") throw new Error("The operator is a person.");
    expect(await listEmails(operator.actor.email)).toEqual([]);
    const [one] = pair();
    await expect(lookUpPatient(ctx, { practiceId, identity: byNumber(one) })).rejects.toThrow(
      RateLimitedError,
    );
    await resumeBulkUpload(ctx, { bulkUploadId: bulkUpload.id });
    await runBulkUpload(ctx, bulkUpload.id, signal);
    expect(await getBulkUpload(ctx, { bulkUploadId: bulkUpload.id })).toMatchObject({
      state: "paused",
      counts: { failed },
    });
    await resetRateLimit("patient-look-up", key());
  }, 120_000);

  it("B10: a Hero ID that matches nobody counts when a link is created, and one that matches does not", async () => {
    await resetRateLimit("patient-look-up", key());
    const practice = await db.tenant(ctx, (tx) => loadPracticeWithKey(tx, ctx, practiceId));
    const check = (patientId: string) => requireAllowedPatient(ctx, practice, patientId, "invite");
    const [one] = pair();
    const found = await lookUpPatient(ctx, { practiceId, identity: byNumber(one) });
    if (found.outcome !== "found") throw new Error("The sandbox lacks the patient.");
    await check(found.patientId);
    for (let count = 1; count < 20; count += 1) await countFailure("patient-look-up", key());
    await expect(check("99999999")).rejects.toThrow(InvalidInputError);
    await expect(check("99999998")).rejects.toThrow(RateLimitedError);
    await resetRateLimit("patient-look-up", key());
    await check(found.patientId);
  });

  it.each(["nhs_number", "details"] as const)(
    "B10: three wrong dates of birth for one patient by %s pause the upload",
    async (by) => {
      const [, , , patient] = patients;
      if (!patient) throw new Error("The sandbox has too few patients.");
      // In any order, because rows are looked up in parallel.
      const wrongDates = ["1930-01-01", "1931-01-01", "1932-01-01", "1934-01-01"];
      const dates = [...wrongDates, patient.dateOfBirth];
      const { bulkUpload } = await run(
        dates.map((dateOfBirth) => ({
          identity: {
            ...(by === "details" ? byDetails(patient) : byNumber(patient)),
            dateOfBirth,
          },
        })),
      );
      expect(bulkUpload.state).toBe("paused");
      expect(bulkUpload.counts.waiting).toBeGreaterThan(0);
      const identity = byNumber({ ...patient, dateOfBirth: "1933-01-01" });
      if (by === "nhs_number") {
        await expect(lookUpPatient(ctx, { practiceId, identity })).rejects.toThrow(
          RateLimitedError,
        );
      }
    },
  );
});
