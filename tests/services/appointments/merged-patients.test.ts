import { randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import type { AppointmentView } from "@/server/schemas/appointments";
import { approveMerge } from "@/server/services/merges/decide";
import { previewMergeForRequest } from "@/server/services/merges/preview";
import { requestMerge } from "@/server/services/merges/request";
import { openPatientRecord } from "@/server/services/patients/record";
import { changePatient, createPatientCase } from "../../support/hero";
import { listJobs, runJobs } from "../../support/mail";
import {
  book,
  type BookingTenant,
  cancel,
  createBookingTenant,
  hold,
  listSlotsInDays,
  superuser,
} from "./support";

let tenant: BookingTenant;

beforeAll(async () => {
  tenant = await createBookingTenant("20533");
});

async function createPair(name: string) {
  const [first, second] = (await createPatientCase(tenant.practiceGroupId, name)).patients;
  return { patientId: first?.patientId ?? "", otherPatientId: second?.patientId ?? "" };
}

/** A booked appointment, an old booked one, a cancelled one and one that was never read. */
async function bookFor(patientId: string): Promise<AppointmentView[]> {
  const slots = await listSlotsInDays(tenant, 4);
  const ofPatient = { ...tenant, patientId };
  const appointments: AppointmentView[] = [];
  for (const slot of slots.slice(0, 4)) appointments.push(await hold(ofPatient, slot));
  const [booked, old, cancelled, unread] = appointments.map(({ id }) => id);
  for (const id of [booked, old, cancelled]) await book(tenant.ctx, id ?? "");
  await cancel(tenant.ctx, cancelled ?? "");
  await superuser`
    update appointments set created_at = now() - interval '40 days' where id = ${old ?? ""}`;
  await superuser`
    update appointments set state = 'pending', hero_status = null, created_at = now() - interval '5 minutes'
    where id = ${unread ?? ""}`;
  return appointments;
}

const listOf = async (patientId: string) => {
  const { practiceId, ctx } = tenant;
  const { appointments } = await openPatientRecord(ctx, { practiceId, patientId });
  return appointments.map(({ id }) => id).toSorted();
};
const idsOf = (appointments: AppointmentView[]) => appointments.map(({ id }) => id).toSorted();

it("after a merge in the portal, all appointments of the replaced ID are read again at once", async () => {
  const { practiceId, tenants } = tenant;
  const { patientId, otherPatientId } = await createPair("mergeable");
  const ofOther = await bookFor(otherPatientId);
  const [requester, approver] = [
    await tenants.first.asOwner(),
    await tenants.first.asRole("admin"),
  ];
  const input = { practiceId, patientId, otherPatientId };
  const preview = await previewMergeForRequest(requester, input);
  if (preview.outcome !== "can_be_merged") throw new Error(`The preview was ${preview.outcome}.`);
  const { previewFingerprint } = preview;
  const request = { operationId: randomUUID(), ...input, previewFingerprint };
  const { id: mergeId } = await requestMerge(requester, request);
  await approveMerge(approver, { mergeId, previewFingerprint });

  await runJobs("refresh-links");
  expect(await listOf(patientId)).toEqual(idsOf(ofOther));
});

it("after a merge from elsewhere is noticed, all appointments of the replaced ID are read again at once", async () => {
  const { practiceId, ctx } = tenant;
  const { patientId, otherPatientId } = await createPair("mergeable");
  const ofOther = await bookFor(otherPatientId);
  await changePatient(otherPatientId, { mergedInto: { patientId, reply: "other_id" } });
  await runJobs("refresh-links");

  await openPatientRecord(ctx, { practiceId, patientId: otherPatientId });
  expect(await runJobs("refresh-links")).toBe(1);
  expect(await listOf(patientId)).toEqual(idsOf(ofOther));

  // Opening it again learns nothing new.
  await openPatientRecord(ctx, { practiceId, patientId: otherPatientId });
  expect(await listJobs("refresh-links")).toEqual([]);
});
