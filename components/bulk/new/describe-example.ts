import { describeFormLink, describeLink } from "@/components/links/describe-link";
import type { BulkRow } from "@/server/schemas/bulk";
import type { LinkKind } from "@/server/schemas/links";
import type { Named, PracticeLists } from "../reader/catalogue";

const nameOf = (items: readonly Named[] | undefined, id: string | undefined) =>
  items?.find((item) => item.id === id)?.name ?? null;

/** What one row's link will let happen, in a sentence; the patient is not named in it. */
export function describeExample(
  row: BulkRow,
  kind: LinkKind,
  practices: readonly PracticeLists[],
): string {
  const practice = practices.find(({ id }) => id === row.practiceId);
  const isForPatient = Boolean(row.identity ?? row.patientId);
  const draft = {
    practiceName: practice?.name ?? "the practice",
    patientId: row.patientId ?? "",
    expiresOn: row.expiresOn,
    maximumUses: String(row.maximumUses),
  };
  if (kind === "form") {
    return describeFormLink({
      ...draft,
      isForOnePatient: isForPatient,
      formTitle: nameOf(practice?.forms, row.formId),
    });
  }
  return describeLink({
    ...draft,
    isInvite: isForPatient,
    appointmentTypeName: nameOf(practice?.appointmentTypes, row.appointmentTypeId),
    locationName: nameOf(practice?.locations, row.locationId),
    practitionerName: nameOf(practice?.practitioners, row.practitionerId),
    slotsFrom: row.slotsFrom ?? "",
    slotsTo: row.slotsTo ?? "",
  });
}

/** "Flu clinic, Riverside Practice" for a share of the rows. */
export function describeShare(
  { practiceId, whatId }: { practiceId: string; whatId: string },
  practices: readonly PracticeLists[],
): string {
  const practice = practices.find(({ id }) => id === practiceId);
  const what =
    nameOf(practice?.appointmentTypes, whatId) ?? nameOf(practice?.forms, whatId) ?? whatId;
  return `${what}, ${practice?.name ?? ""}`;
}
