import type { SummaryError } from "@/components/ui/error-summary";
import { findDateProblem } from "@/server/schemas/date-fields";
import { addDays } from "@/server/schemas/dates";
import type { BulkUploadKind } from "@/server/schemas/bulk-uploads";
import {
  findDateErrors,
  maxNameCharacters,
  maxUsesMessage,
  missingExpiryMessage,
  parseLinkText,
  parseMaxUses,
} from "@/server/schemas/links/rules";
import { parseDate } from "../reader/parse-cells";
import {
  bookingFields,
  type ColumnMapping,
  type FieldName,
  fieldNames,
  listUndecidedColumns,
  patientFields,
} from "../reader/fields";
import type { Audience, RowDefaults } from "../reader/upload-settings";

/** The form's values: text as typed, empty where nothing is selected. */
export type UploadDraft = {
  kind: BulkUploadKind;
  audience: Audience;
  columns: ColumnMapping;
  /** Headings that the person has yet to decide on. */
  undecidedColumns: readonly string[];
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

export type DraftFieldName =
  | Exclude<keyof UploadDraft, "columns" | "undecidedColumns" | "kind" | "audience">
  | "columns";

const defaultExpiresInDays = 7;

export function createDraft(
  columns: ColumnMapping,
  practiceId: string,
  today: string,
  headings: readonly string[] = [],
): UploadDraft {
  const undecidedColumns = listUndecidedColumns(headings);
  const hasPatientColumns = patientFields.some((field) => columns[field] !== undefined);
  return {
    kind: "booking",
    audience: hasPatientColumns || undecidedColumns.length > 0 ? "patients" : "anyone",
    columns,
    undecidedColumns,
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

/** Which fields this draft's links can use. */
export function usableFieldFilter({ kind, audience }: Pick<UploadDraft, "kind" | "audience">) {
  return (field: FieldName) =>
    !(audience === "anyone" && patientFields.includes(field)) &&
    !(kind === "form" && bookingFields.includes(field)) &&
    !(kind === "booking" && field === "form");
}

export function selectUsableColumns(draft: UploadDraft): ColumnMapping {
  return Object.fromEntries(
    fieldNames
      .filter(usableFieldFilter(draft))
      .flatMap((field) =>
        draft.columns[field] === undefined ? [] : [[field, draft.columns[field]]],
      ),
  );
}

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
  const columnProblem = findColumnProblem(columns, draft.undecidedColumns, audience);
  requireValue(columnProblem === null, "columns", columnProblem ?? "");
  requireValue(
    hasColumn("practice") || draft.practiceId !== "",
    "practiceId",
    "Select a practice.",
  );
  if (kind === "form")
    requireValue(hasColumn("form") || draft.formId !== "", "formId", "Select a form.");
  else {
    requireValue(
      hasColumn("appointmentType") || draft.appointmentTypeId !== "",
      "appointmentTypeId",
      "Select an appointment type.",
    );
    requireValue(
      hasColumn("location") || draft.locationId !== "",
      "locationId",
      "Select a location.",
    );
  }
  errors.push(...validateLimits(draft, today));
  return errors;
}

/** Why the columns do not say yet what the rows are about; null when they do. */
export function findColumnProblem(
  columns: ColumnMapping,
  undecidedColumns: readonly string[],
  audience: Audience,
): string | null {
  if (undecidedColumns.length > 0) {
    return `Select what ${undecidedColumns.map((heading) => `“${heading}”`).join(" and ")} is used as, or “Not used”.`;
  }
  const hasColumns = (...fields: FieldName[]) =>
    fields.every((field) => columns[field] !== undefined);
  const isIdentified =
    audience === "anyone" ||
    hasColumns("patientId") ||
    hasColumns("nhsNumber", "dateOfBirth") ||
    hasColumns("forename", "surname", "dateOfBirth", "postcode");
  return isIdentified
    ? null
    : "Select columns that identify the patient: NHS number and date of birth; first and last name, date of birth and postcode; or Hero patient ID.";
}

function validateLimits(
  draft: UploadDraft,
  today: string,
): (SummaryError & { field: DraftFieldName })[] {
  const { columns, kind, slotsFrom, slotsTo, expiresOn } = draft;
  const errors: (SummaryError & { field: DraftFieldName })[] = [];
  const addError = (field: DraftFieldName, message: string) => errors.push({ field, message });
  const isValidDate = (text: string) => "value" in parseDate(text);
  const hasWindow = kind === "booking";
  if (hasWindow && slotsFrom && !isValidDate(slotsFrom)) {
    addError("slotsFrom", findDateProblem(slotsFrom, "first date") ?? "Enter a valid first date.");
  }
  if (hasWindow && slotsTo && !isValidDate(slotsTo)) {
    addError("slotsTo", findDateProblem(slotsTo, "last date") ?? "Enter a valid last date.");
  }
  if (expiresOn ? !isValidDate(expiresOn) : columns.expiresOn === undefined) {
    addError("expiresOn", findDateProblem(expiresOn, "expiry date") ?? missingExpiryMessage);
  }
  const valid = (text: string) => (isValidDate(text) ? text : "");
  errors.push(
    ...findDateErrors(
      {
        slotsFrom: hasWindow ? valid(slotsFrom) : "",
        slotsTo: hasWindow ? valid(slotsTo) : "",
        expiresOn: valid(expiresOn),
      },
      today,
    ),
  );
  const { maxUses } = draft;
  if (maxUses.trim() ? parseMaxUses(maxUses) === null : columns.maxUses === undefined) {
    addError("maxUses", maxUsesMessage);
  }
  const name = parseLinkText(draft.name, maxNameCharacters);
  if ("reason" in name) addError("name", name.reason);
  return errors;
}

export function toRowDefaults(draft: UploadDraft): RowDefaults {
  return { ...draft, maxUses: parseMaxUses(draft.maxUses) };
}
