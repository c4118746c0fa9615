import { addPatient } from "./add-patient";
import type { PatientRecord, Person, Practice, RecordChange } from "./model";
import type { SandboxState } from "./sandbox-state";

export function findPatientOfPractice(
  sandbox: SandboxState,
  practice: Practice,
  patientId: string,
): PatientRecord | undefined {
  const patient = sandbox.patients.get(patientId);
  return patient?.practiceGroupId === practice.practiceGroupId ? patient : undefined;
}

/** The record that is read for a patient: its own, or the one that it was merged into. */
export function survivorOf(sandbox: SandboxState, patient: PatientRecord): PatientRecord {
  const next = patient.mergedInto && sandbox.patients.get(patient.mergedInto.patientId);
  return next ? survivorOf(sandbox, next) : patient;
}

/** Changes a record now, or once it shows its changes. */
export function changeRecord(patient: PatientRecord, change: RecordChange): void {
  Object.assign(patient.showsChanges ? patient : patient.hiddenChange, change);
}

/** Makes later changes of a record readable or not; readable ones include those made before. */
export function showChanges(patient: PatientRecord, showsChanges: boolean): void {
  patient.showsChanges = showsChanges;
  if (!showsChanges) return;
  Object.assign(patient, patient.hiddenChange);
  patient.hiddenChange = {};
}

/** The practice's own record of someone with this number, if it has one. */
export function findPatientByNhsNumber(
  sandbox: SandboxState,
  practice: Practice,
  nhsNumber: string,
): PatientRecord | undefined {
  if (nhsNumber === "") return undefined;
  for (const patient of sandbox.patients.values()) {
    if (
      patient.practiceGroupId === practice.practiceGroupId &&
      patient.person.nhsNumber === nhsNumber &&
      !patient.mergedInto
    )
      return patient;
  }
  return undefined;
}

/** Returns the person's record at the practice, creating it when there is none. */
export function registerPerson(
  sandbox: SandboxState,
  practice: Practice,
  person: Person,
): PatientRecord {
  return (
    findPatientByNhsNumber(sandbox, practice, person.nhsNumber) ??
    addPatient(sandbox, {
      id: sandbox.nextId("patient"),
      practiceGroupId: practice.practiceGroupId,
      person,
      dataSource: "pds",
    })
  );
}
