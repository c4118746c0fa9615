import "server-only";
import { HeroError } from "../../hero/errors";
import { type PatientReading, readPatient } from "../../hero/patients";
import type { HeroConnection } from "../../hero/request";

/** What reading both IDs shows of a merge. */
export type MergeReading =
  | { readonly outcome: "merged"; readonly survivorPatientId: string }
  /** Both records are still there. */
  | { readonly outcome: "separate" }
  /** Hero did not say, or gave a record that is neither of the two. */
  | { readonly outcome: "unclear" };

/**
 * Reads both records. Merged means that one ID answers with its own record, and the other one with that
 * record or with an empty list (assumption 55).
 */
export async function readMergedRecords(
  hero: HeroConnection,
  patientId: string,
  otherPatientId: string,
): Promise<MergeReading> {
  let readings: [PatientReading, PatientReading];
  try {
    readings = await Promise.all([readPatient(hero, patientId), readPatient(hero, otherPatientId)]);
  } catch (error) {
    if (!(error instanceof HeroError)) throw error;
    return { outcome: "unclear" };
  }
  const [reading, otherReading] = readings;
  if (reading.outcome === "found" && otherReading.outcome === "found") {
    return { outcome: "separate" };
  }
  return (
    findSurvivor(reading, patientId, otherReading) ??
    findSurvivor(otherReading, otherPatientId, reading) ?? { outcome: "unclear" }
  );
}

/** The survivor, if it is `survivorId` and the other ID does not name a third record. */
function findSurvivor(
  reading: PatientReading,
  survivorId: string,
  gone: PatientReading,
): MergeReading | null {
  const isMerged =
    reading.outcome === "found" &&
    gone.outcome === "merged_elsewhere" &&
    (gone.otherId === null || gone.otherId === survivorId);
  return isMerged ? { outcome: "merged", survivorPatientId: survivorId } : null;
}
