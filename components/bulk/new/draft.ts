import type { SummaryError } from "@/components/ui/error-summary";
import { addDays } from "@/server/schemas/dates";
import type { LinkKind } from "@/server/schemas/links";
import { readDay, readOwnText, readUses } from "../reader/read-cells";
import {
  bookingFields,
  type Columns,
  type FieldName,
  fieldNames,
  patientFields,
} from "../reader/fields";
import type { Audience, Defaults } from "../reader/setup";

/** What is chosen for a file, as the form holds it: text as typed, empty where nothing is chosen. */
export type Draft = {
  kind: LinkKind;
  audience: Audience;
  columns: Columns;
  practiceId: string;
  appointmentTypeId: string;
  locationId: string;
  practitionerId: string;
  formId: string;
  slotsFrom: string;
  slotsTo: string;
  expiresOn: string;
  maximumUses: string;
  name: string;
};

/** Fields in the order in which they stand on the screen. */
export type DraftField = Exclude<keyof Draft, "columns" | "kind" | "audience"> | "columns";

const usualDays = 7;

export function proposeDraft(columns: Columns, practiceId: string, today: string): Draft {
  const namesPatients = patientFields.some((field) => columns[field] !== undefined);
  return {
    kind: "booking",
    audience: namesPatients ? "patients" : "anyone",
    columns,
    practiceId,
    appointmentTypeId: "",
    locationId: "",
    practitionerId: "",
    formId: "",
    slotsFrom: "",
    slotsTo: "",
    expiresOn: addDays(today, usualDays),
    maximumUses: "1",
    name: "",
  };
}

/** The columns that this draft's links can use; others are left aside. */
export function usableFields({ kind, audience }: Pick<Draft, "kind" | "audience">) {
  return (field: FieldName) =>
    !(audience === "anyone" && patientFields.includes(field)) &&
    !(kind === "form" && bookingFields.includes(field)) &&
    !(kind === "booking" && field === "form");
}

/** The columns that the draft's links can use, and no other. */
export function settleColumns(draft: Draft): Columns {
  return Object.fromEntries(
    fieldNames
      .filter(usableFields(draft))
      .flatMap((field) =>
        draft.columns[field] === undefined ? [] : [[field, draft.columns[field]]],
      ),
  );
}

/** What must still be chosen before rows can be checked. */
export function findDraftFaults(
  draft: Draft,
  today: string,
): (SummaryError & { field: DraftField })[] {
  const { columns, audience, kind } = draft;
  const has = (field: FieldName) => columns[field] !== undefined;
  const faults: (SummaryError & { field: DraftField })[] = [];
  const need = (isThere: boolean, field: DraftField, message: string) => {
    if (!isThere) faults.push({ field, message });
  };
  if (audience === "patients") {
    const byNumber = has("nhsNumber") && has("dateOfBirth");
    const byDetails = has("forename") && has("surname") && has("dateOfBirth") && has("postcode");
    need(
      has("patientId") || byNumber || byDetails,
      "columns",
      "Choose columns that say who the patient is: NHS number and date of birth; first and last name, date of birth and postcode; or Hero patient id.",
    );
  }
  need(has("practice") || draft.practiceId !== "", "practiceId", "Choose a practice.");
  if (kind === "form") need(has("form") || draft.formId !== "", "formId", "Choose a form.");
  else {
    need(
      has("appointmentType") || draft.appointmentTypeId !== "",
      "appointmentTypeId",
      "Choose an appointment type.",
    );
    need(has("location") || draft.locationId !== "", "locationId", "Choose a location.");
  }
  faults.push(...findLimitFaults(draft, today));
  return faults;
}

function findLimitFaults(draft: Draft, today: string): (SummaryError & { field: DraftField })[] {
  const { columns, kind, slotsFrom, slotsTo, expiresOn } = draft;
  const faults: (SummaryError & { field: DraftField })[] = [];
  const refuse = (field: DraftField, message: string) => faults.push({ field, message });
  const isDay = (day: string) => "value" in readDay(day);
  if (kind === "booking") {
    if (slotsFrom && !isDay(slotsFrom)) refuse("slotsFrom", "Enter the first day as a real date.");
    if (slotsTo && !isDay(slotsTo)) refuse("slotsTo", "Enter the last day as a real date.");
    else if (slotsTo && slotsTo < today) refuse("slotsTo", "The last day must be today or later.");
    else if (slotsTo && slotsFrom > slotsTo) {
      refuse("slotsTo", "The last day must not be before the first day.");
    }
  }
  if (expiresOn ? !isDay(expiresOn) : columns.expiresOn === undefined) {
    refuse("expiresOn", "Enter the day the links stop working.");
  } else if (expiresOn && expiresOn < today) {
    refuse("expiresOn", "The expiry must be today or later.");
  } else if (expiresOn > addDays(today, 731)) {
    refuse("expiresOn", "The expiry can be at most two years ahead.");
  } else if (kind === "booking" && expiresOn && slotsFrom > expiresOn) {
    refuse("slotsFrom", "The first day must not be after the links stop working.");
  }
  const { maximumUses } = draft;
  if (maximumUses.trim() ? "reason" in readUses(maximumUses) : columns.maximumUses === undefined) {
    refuse("maximumUses", "Enter a whole number from 1 to 10,000.");
  }
  const name = readOwnText(draft.name, 80);
  if ("reason" in name) refuse("name", name.reason);
  return faults;
}

/** The draft as the reader takes it. */
export function settleDefaults(draft: Draft): Defaults {
  const uses = readUses(draft.maximumUses);
  return { ...draft, maximumUses: "value" in uses ? uses.value : null };
}
