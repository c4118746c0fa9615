import { describeFormLink, describeLink } from "@/components/links/describe-link";
import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import type { BulkUploadKind } from "@/server/schemas/bulk-uploads";
import type { NamedItem, PracticeLists } from "../reader/name-lookup";

const findName = (items: readonly NamedItem[] | undefined, id: string | undefined) =>
  items?.find((item) => item.id === id)?.name ?? null;

/** Never names the patient. */
export function describeExample(
  row: BulkUploadRow,
  kind: BulkUploadKind,
  practices: readonly PracticeLists[],
): string {
  const practice = practices.find(({ id }) => id === row.practiceId);
  const isForPatient = Boolean(row.identity ?? row.patientId);
  const draft = {
    practiceName: practice?.name ?? "the practice",
    patientId: row.patientId ?? "",
    expiresOn: row.expiresOn,
    maxUses: String(row.maxUses),
  };
  if (kind === "form") {
    return describeFormLink({
      ...draft,
      isForOnePatient: isForPatient,
      formTitle: findName(practice?.forms, row.formId),
    });
  }
  return describeLink({
    ...draft,
    isInvite: isForPatient,
    appointmentTypeName: findName(practice?.appointmentTypes, row.appointmentTypeId),
    locationName: findName(practice?.locations, row.locationId),
    practitionerName: findName(practice?.practitioners, row.practitionerId),
    slotsFrom: row.slotsFrom ?? "",
    slotsTo: row.slotsTo ?? "",
  });
}

/** @returns "Flu clinic, Riverside Practice" */
export function describeSubject(
  { practiceId, subjectId }: { practiceId: string; subjectId: string },
  practices: readonly PracticeLists[],
): string {
  const practice = practices.find(({ id }) => id === practiceId);
  const subjectName =
    findName(practice?.appointmentTypes, subjectId) ??
    findName(practice?.forms, subjectId) ??
    subjectId;
  return `${subjectName}, ${practice?.name ?? ""}`;
}
