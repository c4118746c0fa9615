import type { BulkUploadRow } from "@/server/schemas/bulk-uploads";
import { addDays } from "@/server/schemas/dates";
import type { FieldName } from "./fields";
import { parseDate, parseMaxUses } from "./parse-cells";
import type { RowCells } from "./parse-row";
import type { UploadSettings } from "./upload-settings";

type LinkLimits = Pick<BulkUploadRow, "slotsFrom" | "slotsTo" | "expiresOn" | "maxUses">;

/** From when to when, until when and how often: each from the row, else from the file's own choice. */
export function createLimitParser(
  settings: UploadSettings,
): (cells: RowCells) => LinkLimits | null {
  const { columns, defaults, kind, today } = settings;
  const maxExpiresOn = addDays(today, 731);
  const hasWindow = kind === "booking";

  return (cells) => {
    const parseDateField = (field: "slotsFrom" | "slotsTo" | "expiresOn") =>
      cells.value(field, parseDate) ?? (cells.isFilled(field) ? null : defaults[field] || null);
    const slotsFrom = hasWindow ? parseDateField("slotsFrom") : null;
    const slotsTo = hasWindow ? parseDateField("slotsTo") : null;
    const expiresOn = parseDateField("expiresOn");
    const maxUses =
      cells.value("maxUses", parseMaxUses) ?? (cells.isFilled("maxUses") ? null : defaults.maxUses);

    if (!expiresOn && !cells.isFilled("expiresOn")) {
      cells.report("expiresOn", "missing", "The day the link stops working is missing.");
    }
    if (!maxUses && !cells.isFilled("maxUses")) {
      cells.report("maxUses", "missing", "How often the link may be used is missing.");
    }
    // A clash of two days stands at the one that the file gives.
    const reportConflict = (field: FieldName, otherField: FieldName, reason: string) =>
      cells.report(
        columns[field] === undefined && columns[otherField] !== undefined ? otherField : field,
        "limits",
        reason,
      );
    if (expiresOn && expiresOn < today) {
      reportConflict("expiresOn", "expiresOn", "The expiry must be today or later.");
    }
    if (expiresOn && expiresOn > maxExpiresOn) {
      reportConflict("expiresOn", "expiresOn", "The expiry can be at most two years ahead.");
    }
    if (slotsTo && slotsTo < today) {
      reportConflict("slotsTo", "slotsTo", "The last day must be today or later.");
    }
    if (slotsFrom && slotsTo && slotsTo < slotsFrom) {
      reportConflict("slotsTo", "slotsFrom", "The last day must not be before the first day.");
    }
    if (slotsFrom && expiresOn && slotsFrom > expiresOn) {
      reportConflict(
        "slotsFrom",
        "expiresOn",
        "The first day must not be after the link stops working.",
      );
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
