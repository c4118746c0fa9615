import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import { maxNameCharacters, maxReferenceCharacters } from "@/server/schemas/links/rules";
import type { Table, TableRow } from "./table";
import { parsePartnerText, parseTags } from "./parse-cells";
import { createLimitParser } from "./parse-limits";
import { createPatientParser } from "./parse-patient";
import { createSubjectParser } from "./parse-subject";
import { createRowReader, type ReportError } from "./row-cells";
import type { UploadSettings } from "./upload-settings";

/** Null for an invalid row, after its problems were reported. */
export type ParseRow = (row: TableRow, report: ReportError) => BulkUploadRow | null;

export function createRowParser(
  settings: UploadSettings,
  table: Pick<Table, "headings" | "dateOrders">,
): ParseRow {
  const { cells, openRow, hasErrors } = createRowReader(settings.columns, table);
  const parsePatient = createPatientParser(settings);
  const parseSubject = createSubjectParser(settings);
  const parseLimits = createLimitParser(settings);

  return (row, report) => {
    if (!openRow(row, report)) return null;
    const patient = parsePatient(cells);
    const subject = parseSubject(cells);
    const limits = parseLimits(cells);
    const reference = cells.value("reference", (cell) =>
      parsePartnerText(cell, maxReferenceCharacters),
    );
    const name =
      cells.value("name", (cell) => parsePartnerText(cell, maxNameCharacters)) ??
      settings.defaults.name.trim();
    const tags = cells.value("tags", parseTags) ?? [];
    if (hasErrors() || !patient || !subject || !limits) return null;
    return {
      rowNumber: row.rowNumber,
      ...patient,
      ...subject,
      ...limits,
      ...(reference ? { reference } : {}),
      ...(name ? { name } : {}),
      ...(tags.length > 0 ? { tags } : {}),
    };
  };
}
