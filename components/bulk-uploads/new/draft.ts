import type { SummaryError } from "@/components/ui/error-summary";
import { addDays } from "@/server/schemas/dates";
import type { LinkKind } from "@/server/schemas/links";
import { parseDate, parsePartnerText, parseMaxUses } from "../reader/parse-cells";
import {
  bookingFields,
  type ColumnMapping,
  type FieldName,
  fieldNames,
  patientFields,
} from "../reader/fields";
import type { Audience, RowDefaults } from "../reader/upload-settings";

/** What is chosen for a file, as the form holds it: text as typed, empty where nothing is chosen. */
export type UploadDraft = {
  kind: LinkKind;
  audience: Audience;
  columns: ColumnMapping;
  practiceId: string;
  appointmentTypeId: string;
  locationId: string;
  practitionerId: string;
  formId: string;
  slotsFrom: string;
  slotsTo: string;
  expiresOn: string;
  maxUses: string;
  name: string;
};

/** Fields in the order in which they stand on the screen. */
export type DraftFieldName =
  | Exclude<keyof UploadDraft, "columns" | "kind" | "audience">
  | "columns";

const defaultExpiresInDays = 7;

export function createDraft(
  columns: ColumnMapping,
  practiceId: string,
  today: string,
): UploadDraft {
  const hasPatientColumns = patientFields.some((field) => columns[field] !== undefined);
  return {
    kind: "booking",
    audience: hasPatientColumns ? "patients" : "anyone",
    columns,
    practiceId,
    appointmentTypeId: "",
    locationId: "",
    practitionerId: "",
    formId: "",
    slotsFrom: "",
    slotsTo: "",
    expiresOn: addDays(today, defaultExpiresInDays),
    maxUses: "1",
    name: "",
  };
}

/** The columns that this draft's links can use; others are left aside. */
export function usableFieldFilter({ kind, audience }: Pick<UploadDraft, "kind" | "audience">) {
  return (field: FieldName) =>
    !(audience === "anyone" && patientFields.includes(field)) &&
    !(kind === "form" && bookingFields.includes(field)) &&
    !(kind === "booking" && field === "form");
}

/** The columns that the draft's links can use, and no other. */
export function selectUsableColumns(draft: UploadDraft): ColumnMapping {
  return Object.fromEntries(
    fieldNames
      .filter(usableFieldFilter(draft))
      .flatMap((field) =>
        draft.columns[field] === undefined ? [] : [[field, draft.columns[field]]],
      ),
  );
}

/** What must still be chosen before rows can be checked. */
export function validateDraft(
  draft: UploadDraft,
  today: string,
): (SummaryError & { field: DraftFieldName })[] {
  const { columns, audience, kind } = draft;
  const hasColumn = (field: FieldName) => columns[field] !== undefined;
  const errors: (SummaryError & { field: DraftFieldName })[] = [];
  const requireValue = (isPresent: boolean, field: DraftFieldName, message: string) => {
    if (!isPresent) errors.push({ field, message });
  };
  if (audience === "patients") {
    const hasNhsNumberColumns = hasColumn("nhsNumber") && hasColumn("dateOfBirth");
    const hasDetailColumns =
      hasColumn("forename") &&
      hasColumn("surname") &&
      hasColumn("dateOfBirth") &&
      hasColumn("postcode");
    requireValue(
      hasColumn("patientId") || hasNhsNumberColumns || hasDetailColumns,
      "columns",
      "Choose columns that say who the patient is: NHS number and date of birth; first and last name, date of birth and postcode; or Hero patient id.",
    );
  }
  requireValue(
    hasColumn("practice") || draft.practiceId !== "",
    "practiceId",
    "Choose a practice.",
  );
  if (kind === "form")
    requireValue(hasColumn("form") || draft.formId !== "", "formId", "Choose a form.");
  else {
    requireValue(
      hasColumn("appointmentType") || draft.appointmentTypeId !== "",
      "appointmentTypeId",
      "Choose an appointment type.",
    );
    requireValue(
      hasColumn("location") || draft.locationId !== "",
      "locationId",
      "Choose a location.",
    );
  }
  errors.push(...validateLimits(draft, today));
  return errors;
}

function validateLimits(
  draft: UploadDraft,
  today: string,
): (SummaryError & { field: DraftFieldName })[] {
  const { columns, kind, slotsFrom, slotsTo, expiresOn } = draft;
  const errors: (SummaryError & { field: DraftFieldName })[] = [];
  const addError = (field: DraftFieldName, message: string) => errors.push({ field, message });
  const isValidDate = (text: string) => "value" in parseDate(text);
  if (kind === "booking") {
    if (slotsFrom && !isValidDate(slotsFrom))
      addError("slotsFrom", "Enter the first day as a real date.");
    if (slotsTo && !isValidDate(slotsTo)) addError("slotsTo", "Enter the last day as a real date.");
    else if (slotsTo && slotsTo < today)
      addError("slotsTo", "The last day must be today or later.");
    else if (slotsTo && slotsFrom > slotsTo) {
      addError("slotsTo", "The last day must not be before the first day.");
    }
  }
  if (expiresOn ? !isValidDate(expiresOn) : columns.expiresOn === undefined) {
    addError("expiresOn", "Enter the day the links stop working.");
  } else if (expiresOn && expiresOn < today) {
    addError("expiresOn", "The expiry must be today or later.");
  } else if (expiresOn > addDays(today, 731)) {
    addError("expiresOn", "The expiry can be at most two years ahead.");
  } else if (kind === "booking" && expiresOn && slotsFrom > expiresOn) {
    addError("slotsFrom", "The first day must not be after the links stop working.");
  }
  const { maxUses } = draft;
  if (maxUses.trim() ? "reason" in parseMaxUses(maxUses) : columns.maxUses === undefined) {
    addError("maxUses", "Enter a whole number from 1 to 10,000.");
  }
  const name = parsePartnerText(draft.name, 80);
  if ("reason" in name) addError("name", name.reason);
  return errors;
}

/** The draft as the reader takes it. */
export function toRowDefaults(draft: UploadDraft): RowDefaults {
  const maxUses = parseMaxUses(draft.maxUses);
  return { ...draft, maxUses: "value" in maxUses ? maxUses.value : null };
}
