import { checkTable } from "@/components/bulk-uploads/reader/check-table";
import { guessColumns } from "@/components/bulk-uploads/reader/fields";
import { parseTable } from "@/components/bulk-uploads/reader/parse-table";
import type { Table } from "@/components/bulk-uploads/reader/table";
import type { UploadSettings } from "@/components/bulk-uploads/reader/upload-settings";

const today = "2026-11-23";

export const riverside = {
  id: "0190a1b2-0000-7000-8000-000000000001",
  name: "Riverside Practice",
  practiceGroupId: "20533",
  problem: null,
  appointmentTypes: [
    { id: "11", name: "Flu clinic" },
    { id: "12", name: "Smear test" },
    { id: "13", name: "Twice" },
    { id: "14", name: "Twice" },
  ],
  locations: [
    { id: "21", name: "Main surgery" },
    { id: "22", name: "Branch" },
  ],
  practitioners: [{ id: "31", name: "Dr Ann Other" }],
  forms: [{ id: "form_a", title: "Asthma", name: "Asthma review" }],
};

export const hillside = {
  id: "0190a1b2-0000-7000-8000-000000000002",
  name: "Hillside Practice",
  practiceGroupId: "20534",
  problem: null,
  appointmentTypes: [{ id: "91", name: "flu  Clinic" }],
  locations: [{ id: "92", name: "Hillside house" }],
  practitioners: [],
  forms: [],
};

/** Invites to a flu clinic by default. */
export function createSetup(
  headings: readonly string[],
  overrides: Partial<UploadSettings> = {},
): UploadSettings {
  return {
    kind: "booking",
    audience: "patients",
    columns: guessColumns(headings),
    practices: [riverside, hillside],
    today,
    allowsDuplicates: false,
    ...overrides,
    defaults: {
      practiceId: riverside.id,
      appointmentTypeId: "11",
      locationId: "21",
      practitionerId: "",
      formId: "",
      slotsFrom: "",
      slotsTo: "",
      expiresOn: "2026-11-30",
      maxUses: 1,
      name: "",
      ...overrides.defaults,
    },
  };
}

export function parseValidTable(text: string, headingRow?: number): Table {
  const table = parseTable(text, headingRow);
  if ("problem" in table) throw new Error(table.problem);
  return table;
}

/** Reads and checks a file; errors as "row heading: reason". */
export function checkFile(text: string, overrides: Partial<UploadSettings> = {}) {
  const table = parseValidTable(text);
  const checked = checkTable(table, createSetup(table.headings, overrides));
  return {
    table,
    checked,
    summary: checked.summary,
    validRows: Array.from(checked.validIndexes, checked.parseValidRow),
    errors: checked.errors.map(
      ({ row, column, reason }) => `${row} ${table.headings[column] ?? "row"}: ${reason}`,
    ),
  };
}
