import type { MessageRecipientRow } from "@/server/schemas/message-batches";
import { type CheckedRows, checkRows, reparseRow } from "./check-table";
import { createRecipientCheck } from "./duplicates";
import type { ColumnMapping } from "./fields";
import { createPatientParser } from "./parse-patient";
import { createRowReader, type ReportError } from "./row-cells";
import type { Table, TableRow } from "./table";

export type RecipientSettings = {
  columns: ColumnMapping;
  /** The date in the United Kingdom. */
  today: string;
};

export type CheckedRecipients = CheckedRows & {
  parseRecipient: (index: number) => MessageRecipientRow;
};

/** The rows of a file as recipients of a message. Columns that do not identify a patient are not read. */
export function checkRecipients(table: Table, settings: RecipientSettings): CheckedRecipients {
  const { cells, openRow, hasErrors } = createRowReader(settings.columns, table);
  const parsePatient = createPatientParser({ ...settings, audience: "patients" });
  const isUnique = createRecipientCheck();

  function parse(row: TableRow, report: ReportError): MessageRecipientRow | null {
    const patient = openRow(row, report) ? parsePatient(cells) : null;
    return patient && !hasErrors() ? { rowNumber: row.rowNumber, ...patient } : null;
  }

  return {
    ...checkRows(table, settings.columns, (row, report) => {
      const recipient = parse(row, report);
      return recipient !== null && isUnique(recipient, report);
    }),
    parseRecipient: (index) => reparseRow(parse, table, index),
  };
}
