import "server-only";
import { InvalidInputError } from "../../errors";
import { csvByteOrderMark, toCsvLine } from "../../schemas/csv";
import { type ResultCounts, type ResultGrouping, resultsInput } from "../../schemas/results";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { countResults } from "./count";

const maxExportedGroups = 10_000;

const columns: Record<string, (counts: ResultCounts) => number> = {
  links_created: ({ created }) => created,
  links_opened: ({ opened }) => opened,
  links_booked: ({ booked }) => booked,
  links_cancelled: ({ cancelled }) => cancelled,
  opens: ({ opens }) => opens,
  bookings: ({ bookings }) => bookings,
  cancellations: ({ cancellations }) => cancellations,
};

const nameColumns: Record<Exclude<ResultGrouping, "date">, readonly string[]> = {
  practice: ["practice_id", "practice"],
  bulk_upload: ["bulk_upload_id", "bulk_upload"],
  link: ["link_id", "link"],
  appointment_type: ["appointment_type_or_form"],
  tag: ["tag"],
};

/**
 * A CSV file of the results, by day or week or by group, at most 10,000 rows.
 *
 * @param query the fields of `resultsInput`
 * @throws InvalidInputError
 */
export async function exportResults(
  ctx: TenantContext,
  query: Record<string, string>,
): Promise<{ fileName: string; chunks: AsyncGenerator<string> }> {
  requirePermission(ctx, "links.read");
  const parsed = resultsInput.safeParse(query);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InvalidInputError(String(issue?.path[0] ?? "period"), issue?.message ?? "");
  }
  const input = parsed.data;
  async function* chunks() {
    const results = await countResults(ctx, input, { maxGroups: maxExportedGroups });
    const toCells = (counts: ResultCounts) =>
      Object.values(columns).map((read) => String(read(counts)));
    if (input.groupBy === "date") {
      yield csvByteOrderMark +
        toCsvLine([results.step === "day" ? "date" : "week_from", ...Object.keys(columns)]);
      yield results.intervals
        .map(({ startsOn, ...counts }) => toCsvLine([startsOn, ...toCells(counts)]))
        .join("");
      return;
    }
    const names = nameColumns[input.groupBy];
    yield csvByteOrderMark + toCsvLine([...names, ...Object.keys(columns)]);
    yield results.groups
      .map(({ id, name, ...counts }) =>
        toCsvLine([...(names.length > 1 ? [id ?? ""] : []), name ?? "", ...toCells(counts)]),
      )
      .join("");
  }
  const fileName = `results-by-${input.groupBy.replace("_", "-")}-${input.from}-to-${input.to}.csv`;
  return { fileName, chunks: chunks() };
}
