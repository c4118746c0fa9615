import type { DateOrder } from "@/components/forms/uk-dates";
import type { CellErrorKind } from "./errors";
import type { FieldName } from "./fields";
import type { CellResult } from "./parse-cells";

/** Reports an error in a field's cell, or in the row when the file has no column for the field. */
export type ReportError = (field: FieldName | null, kind: CellErrorKind, reason: string) => void;

/** What the parsers of a row's parts read from and report to. */
export type RowCells = {
  /** The text of a field's cell; empty without a cell, or when it was reported as invalid. */
  text: (field: FieldName) => string;
  /** The value of a filled cell; null when it is empty or was reported. */
  value: <Value>(
    field: FieldName,
    /** `order` is that of the dates in the field's column. */
    parse: (cell: string, order: DateOrder) => CellResult<Value>,
  ) => Value | null;
  /** True when the cell has content, valid or not. */
  isFilled: (field: FieldName) => boolean;
  report: ReportError;
};
