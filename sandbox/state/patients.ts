import type { PatientRecord, Person, Practice } from "./model";
import type { SandboxState } from "./sandbox-state";

export function findPatientOfPractice(
  sandbox: SandboxState,
  practice: Practice,
  patientId: string,
): PatientRecord | undefined {
  const patient = sandbox.patients.get(patientId);
  return patient?.practiceGroupId === practice.practiceGroupId ? patient : undefined;
}

/** Returns the person's record at the practice, creating it when there is none. */
export function registerPerson(
  sandbox: SandboxState,
  practice: Practice,
  person: Person,
): PatientRecord {
  for (const patient of sandbox.patients.values()) {
    if (patient.practiceGroupId === practice.practiceGroupId && patient.person === person)
      return patient;
  }
  const patient: PatientRecord = {
    id: sandbox.nextId("patient"),
    practiceGroupId: practice.practiceGroupId,
    person,
    dataSource: "pds",
    isArchived: false,
  };
  sandbox.patients.set(patient.id, patient);
  return patient;
}
