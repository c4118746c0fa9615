import { randomUUID } from "node:crypto";
import { db } from "@/db/client";
import { approvals } from "@/db/schema/approvals";
import { appointmentChanges, appointments } from "@/db/schema/appointments";
import {
  patientConnections,
  patientMerges,
  patientNonMatches,
  patientRegistrations,
  replacedPatients,
} from "@/db/schema/patients";
import { actorId, type TenantContext } from "@/server/tenancy/context";

const hour = 3_600_000;

/**
 * Rows about patients of a practice, without a call to Hero: a booked appointment in a week with a change,
 * a held time, a merge that waits for a second person, a registration, a connection, a record that is not
 * the patient's, and a replaced patient.
 */
export async function insertPatientRows(
  ctx: TenantContext,
  practiceId: string,
  { patientId = "901", otherPatientId = "902", heroAppointmentId = "9001" } = {},
) {
  const scope = { tenantId: ctx.tenantId, environment: ctx.environment, practiceId };
  const createdBy = actorId(ctx);
  const [appointmentId, approvalId, mergeId] = [randomUUID(), randomUUID(), randomUUID()];
  const heldAppointmentId = randomUUID();
  await db.tenant(ctx, async (tx) => {
    const appointment = {
      ...scope,
      requestHash: "0",
      patientId,
      appointmentTypeId: "1",
      appointmentTypeName: "Flu clinic",
      locationId: "2",
      locationName: "Main surgery",
      practitionerId: "3",
      practitionerName: "Dr A Patel",
      startsAt: new Date(Date.now() + 7 * 24 * hour),
      durationMinutes: 10,
      createdBy,
    };
    await tx.insert(appointments).values([
      {
        ...appointment,
        id: appointmentId,
        operationId: randomUUID(),
        state: "booked",
        heroAppointmentId,
      },
      {
        ...appointment,
        id: heldAppointmentId,
        operationId: randomUUID(),
        state: "reserved",
        heroAppointmentId: `${heroAppointmentId}0`,
      },
    ]);
    await tx.insert(appointmentChanges).values({
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id: randomUUID(),
      appointmentId,
      operationId: randomUUID(),
      requestHash: "0",
      kind: "book",
      outcome: "made",
      createdBy,
    });
    await tx.insert(approvals).values({
      ...scope,
      id: approvalId,
      kind: "patient_merge",
      requestedBy: createdBy,
      expiresAt: new Date(Date.now() + 24 * hour),
    });
    await tx.insert(patientMerges).values({
      ...scope,
      id: mergeId,
      operationId: randomUUID(),
      approvalId,
      patientId,
      otherPatientId,
      survivorPatientId: patientId,
      previewFingerprint: "0",
      createdBy,
    });
    await tx.insert(patientRegistrations).values({
      ...scope,
      id: randomUUID(),
      operationId: randomUUID(),
      requestHash: "0",
      outcome: "registered",
      patientId,
      createdBy,
    });
    await tx.insert(patientConnections).values({
      ...scope,
      id: randomUUID(),
      operationId: randomUUID(),
      patientId: otherPatientId,
      candidateFingerprint: "0",
      outcome: "connected",
      createdBy,
    });
    await tx.insert(patientNonMatches).values({
      ...scope,
      patientId,
      candidateFingerprint: "0",
      recordsFingerprint: "0",
      reason: "Another person",
      createdBy,
    });
    await tx.insert(replacedPatients).values({ ...scope, patientId: otherPatientId });
  });
  return { appointmentId, heldAppointmentId, approvalId, mergeId };
}
