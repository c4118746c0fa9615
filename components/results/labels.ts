import { formatLocalDate } from "@/server/schemas/dates";
import type { LinkKind } from "@/server/schemas/links/fields";
import type { ResultCounts, ResultGrouping, ResultStep } from "@/server/schemas/results";

/** The four steps of a link, in their order. Each counts links and is at most the one before. */
export const resultSteps = ["created", "opened", "booked", "cancelled"] as const;
export type ResultStepName = (typeof resultSteps)[number];

const useNames: Record<LinkKind, string> = { booking: "Booked", form: "Answered", video: "Joined" };

/** The words for the steps. */
export function stepNames(kind: LinkKind | undefined): Record<ResultStepName, string> {
  return {
    created: "Created",
    opened: "Opened",
    booked: useNames[kind ?? "booking"],
    cancelled: "Cancelled",
  };
}

/** The colour of each step, of the chart and of its legend. */
export const stepColours: Record<ResultStepName, string> = {
  created: "bg-line-strong",
  opened: "bg-accent",
  booked: "bg-live",
  cancelled: "bg-danger",
};

export const groupingNames: Record<ResultGrouping, string> = {
  date: "Date",
  practice: "Practice",
  appointment_type: "Appointment type or form",
  tag: "Tag",
  bulk_upload: "Bulk upload",
  link: "Link",
};

/** The name of the group of links that have none. */
export const ungroupedNames: Record<ResultGrouping, string> = {
  date: "",
  practice: "Disconnected practice",
  appointment_type: "Not recorded",
  tag: "No tag",
  bulk_upload: "Created one by one",
  link: "",
};

/** A share in whole per cent; "–" of nothing. Never rounded to all or none. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return "–";
  const percent = (part / whole) * 100;
  if (part > 0 && percent < 1) return "<1%";
  if (part < whole && percent > 99) return ">99%";
  return `${Math.round(percent)}%`;
}

/** "3 Dec 2026", or "Week of 3 Dec 2026". */
export const intervalName = (startsOn: string, step: ResultStep) =>
  step === "day"
    ? formatLocalDate(startsOn, "short")
    : `Week of ${formatLocalDate(startsOn, "short")}`;

/** The results in a sentence, for people who cannot see the chart. */
export function describeResults(totals: ResultCounts, kind: LinkKind | undefined): string {
  const names = stepNames(kind);
  const parts = resultSteps.map(
    (step) => `${totals[step].toLocaleString("en-GB")} ${names[step].toLowerCase()}`,
  );
  return `Links: ${parts.join(", ")}`;
}
