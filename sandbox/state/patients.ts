import type { PatientRecord, Person, Practice } from "./model";
import type { World } from "./world";

export function findPatientOfPractice(
  world: World,
  practice: Practice,
  patientId: string,
): PatientRecord | undefined {
  const patient = world.patients.get(patientId);
  return patient?.groupId === practice.groupId ? patient : undefined;
}

/** The person's record at the practice, made from the Spine stand-in's data when there is none. */
export function registerPerson(world: World, practice: Practice, person: Person): PatientRecord {
  for (const patient of world.patients.values()) {
    if (patient.groupId === practice.groupId && patient.person === person) return patient;
  }
  const patient: PatientRecord = {
    id: world.nextId("patient"),
    groupId: practice.groupId,
    person,
    dataSource: "pds",
    isArchived: false,
  };
  world.patients.set(patient.id, patient);
  return patient;
}
