import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import { findDateErrors } from "@/server/schemas/links/rules";
import { parseDate, parseMaxUsesCell } from "./parse-cells";
import type { RowCells } from "./row-cells";
import type { UploadSettings } from "./upload-settings";

type LinkLimits = Pick<BulkUploadRow, "slotsFrom" | "slotsTo" | "expiresOn" | "maxUses">;

/** Each value comes from the row, or else from the file's defaults. */
export function createLimitParser(
  settings: UploadSettings,
): (cells: RowCells) => LinkLimits | null {
  const { columns, defaults, kind, today } = settings;
  const hasWindow = kind === "booking";

  return (cells) => {
    const parseDateField = (field: "slotsFrom" | "slotsTo" | "expiresOn") =>
      cells.value(field, parseDate) ?? (cells.isFilled(field) ? null : defaults[field] || null);
    const slotsFrom = hasWindow ? parseDateField("slotsFrom") : null;
    const slotsTo = hasWindow ? parseDateField("slotsTo") : null;
    const expiresOn = parseDateField("expiresOn");
    const maxUses =
      cells.value("maxUses", parseMaxUsesCell) ??
      (cells.isFilled("maxUses") ? null : defaults.maxUses);

    if (!expiresOn && !cells.isFilled("expiresOn")) {
      cells.report("expiresOn", "missing", "The expiry date is missing.");
    }
    if (!maxUses && !cells.isFilled("maxUses")) {
      cells.report("maxUses", "missing", "The number of uses is missing.");
    }
    for (const { field, message } of findDateErrors({ slotsFrom, slotsTo, expiresOn }, today)) {
      // Two dates that conflict are reported in the column that the file has.
      const otherField = field === "slotsTo" ? "slotsFrom" : "expiresOn";
      const isFromFile = columns[field] !== undefined || columns[otherField] === undefined;
      cells.report(isFromFile ? field : otherField, "limits", message);
    }
    if (!expiresOn || !maxUses) return null;
    return {
      expiresOn,
      maxUses,
      ...(slotsFrom ? { slotsFrom } : {}),
      ...(slotsTo ? { slotsTo } : {}),
    };
  };
}
