import type { BulkRow } from "@/server/schemas/bulk";
import { addDays } from "@/server/schemas/dates";
import type { FieldName } from "./fields";
import { readDay, readUses } from "./read-cells";
import type { RowCells } from "./read-row";
import type { Setup } from "./setup";

type Limits = Pick<BulkRow, "slotsFrom" | "slotsTo" | "expiresOn" | "maximumUses">;

/** From when to when, until when and how often: each from the row, else from the file's own choice. */
export function makeLimitReader(setup: Setup): (cells: RowCells) => Limits | null {
  const { columns, defaults, kind, today } = setup;
  const latest = addDays(today, 731);
  const hasWindow = kind === "booking";

  return (cells) => {
    const day = (field: "slotsFrom" | "slotsTo" | "expiresOn") =>
      cells.take(field, readDay) ?? (cells.isFilled(field) ? null : defaults[field] || null);
    const slotsFrom = hasWindow ? day("slotsFrom") : null;
    const slotsTo = hasWindow ? day("slotsTo") : null;
    const expiresOn = day("expiresOn");
    const maximumUses =
      cells.take("maximumUses", readUses) ??
      (cells.isFilled("maximumUses") ? null : defaults.maximumUses);

    if (!expiresOn && !cells.isFilled("expiresOn")) {
      cells.report("expiresOn", "missing", "The day the link stops working is missing.");
    }
    if (!maximumUses && !cells.isFilled("maximumUses")) {
      cells.report("maximumUses", "missing", "How often the link may be used is missing.");
    }
    // A clash of two days stands at the one that the file gives.
    const refuse = (field: FieldName, other: FieldName, reason: string) =>
      cells.report(
        columns[field] === undefined && columns[other] !== undefined ? other : field,
        "limits",
        reason,
      );
    if (expiresOn && expiresOn < today) {
      refuse("expiresOn", "expiresOn", "The expiry must be today or later.");
    }
    if (expiresOn && expiresOn > latest) {
      refuse("expiresOn", "expiresOn", "The expiry can be at most two years ahead.");
    }
    if (slotsTo && slotsTo < today) {
      refuse("slotsTo", "slotsTo", "The last day must be today or later.");
    }
    if (slotsFrom && slotsTo && slotsTo < slotsFrom) {
      refuse("slotsTo", "slotsFrom", "The last day must not be before the first day.");
    }
    if (slotsFrom && expiresOn && slotsFrom > expiresOn) {
      refuse("slotsFrom", "expiresOn", "The first day must not be after the link stops working.");
    }
    if (!expiresOn || !maximumUses) return null;
    return {
      expiresOn,
      maximumUses,
      ...(slotsFrom ? { slotsFrom } : {}),
      ...(slotsTo ? { slotsTo } : {}),
    };
  };
}
