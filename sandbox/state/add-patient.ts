import type { PatientRecord, PatientStore } from "./model";

/** Adds a record of a practice. */
export function addPatient(
  sandbox: PatientStore,
  record: Pick<PatientRecord, "id" | "practiceGroupId" | "person" | "dataSource"> &
    Partial<PatientRecord>,
): PatientRecord {
  const patient: PatientRecord = { ...newRecord, hiddenChange: {}, ...record };
  sandbox.patients.set(patient.id, patient);
  return patient;
}

const newRecord = {
  isArchived: false,
  ehrPartnerId: null,
  mergedInto: null,
  showsChanges: true,
};
