import { checkTable } from "@/components/bulk/reader/check-table";
import { guessColumns } from "@/components/bulk/reader/fields";
import { parseTable, type Table } from "@/components/bulk/reader/parse";
import type { Setup } from "@/components/bulk/reader/setup";

export const today = "2026-11-23";

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

/** Invites to a flu clinic, unless something else is asked for. */
export function makeSetup(headings: readonly string[], change: Partial<Setup> = {}): Setup {
  return {
    kind: "booking",
    audience: "patients",
    columns: guessColumns(headings),
    practices: [riverside, hillside],
    today,
    allowsRepeats: false,
    ...change,
    defaults: {
      practiceId: riverside.id,
      appointmentTypeId: "11",
      locationId: "21",
      practitionerId: "",
      formId: "",
      slotsFrom: "",
      slotsTo: "",
      expiresOn: "2026-11-30",
      maximumUses: 1,
      name: "",
      ...change.defaults,
    },
  };
}

export function readTable(text: string): Table {
  const table = parseTable(text);
  if ("refusal" in table) throw new Error(table.refusal);
  return table;
}

/** Reads and checks a file; faults as "row heading: reason". */
export function check(text: string, change: Partial<Setup> = {}) {
  const table = readTable(text);
  const checked = checkTable(table, makeSetup(table.headings, change));
  return {
    table,
    checked,
    summary: checked.summary,
    good: Array.from(checked.good, checked.readGood),
    faults: checked.faults.map(
      ({ row, column, reason }) => `${row} ${table.headings[column] ?? "row"}: ${reason}`,
    ),
  };
}
