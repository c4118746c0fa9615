import { formatLocalDate } from "@/server/schemas/dates";
import type { LinkKind } from "@/server/schemas/links/fields";
import type { LinkSort } from "@/server/schemas/links/list";
import type { LinkState, LinkView } from "@/server/schemas/links/view";

export const stateNames: Record<LinkState, string> = {
  pending: "Being made",
  live: "Live",
  ends_soon: "Ends soon",
  used_up: "Used up",
  expired: "Expired",
  stopped: "Stopped",
  closed: "Closed",
  failed: "Not made",
  unknown: "Unknown",
};

export const audienceNames: Record<LinkView["audience"], string> = {
  patient_invite: "Patient invite",
  generic: "Generic link",
};

export const kindNames: Record<LinkKind, string> = {
  booking: "Booking link",
  form: "Form link",
};

export const sortNames: Record<LinkSort, string> = {
  newest: "Newest first",
  oldest: "Oldest first",
  expires_first: "Expires first",
  expires_last: "Expires last",
  most_used: "Most used",
};

/** True while patients can book with it. Only such a link may be copied. */
export function isBookable(
  link: Pick<LinkView, "state" | "url">,
): link is { url: string } & typeof link {
  return link.url !== null && (link.state === "live" || link.state === "ends_soon");
}

/** True once Hero has said that it made the link; only then do its uses and its end mean anything. */
export function wasCreated({ state }: Pick<LinkView, "state">): boolean {
  return state !== "pending" && state !== "failed" && state !== "unknown";
}

/**
 * True when Hero knows the link and nobody closed it, so that its limits can be changed. Hero documents
 * no way to change a form link.
 */
export function isEditable({ state, kind }: Pick<LinkView, "state" | "kind">): boolean {
  return (
    kind === "booking" && ["live", "ends_soon", "used_up", "expired", "stopped"].includes(state)
  );
}

/** True where Hero can be asked to stop it: Hero documents no way to change a form link. */
export function isClosable({ state, kind }: Pick<LinkView, "state" | "kind">): boolean {
  return kind === "booking" && (state === "live" || state === "ends_soon");
}

/** What the link is of: an appointment type or a form. */
export function linkSubject({ appointmentType, form }: LinkView): string {
  return appointmentType?.name ?? form?.name ?? "";
}

/** What people call the link: its name, or what it is of. */
export function linkTitle(link: LinkView): string {
  return link.name ?? linkSubject(link);
}

type SlotWindow = { slotsFrom?: string | null; slotsTo?: string | null };

/** The days a patient may choose from, short: "3 to 17 Dec 2026", "From 3 Dec 2026", "Any day". */
export function describeWindow({ slotsFrom, slotsTo }: SlotWindow): string {
  if (slotsFrom && slotsTo) return formatDateRange(slotsFrom, slotsTo, "to", "short");
  if (slotsFrom) return `From ${formatLocalDate(slotsFrom, "short")}`;
  if (slotsTo) return `Up to ${formatLocalDate(slotsTo, "short")}`;
  return "Any day";
}

/** Two days with what they share said once: "3 and 17 December 2026", "30 November and 2 December 2026". */
export function formatDateRange(
  from: string,
  to: string,
  separator: "to" | "and",
  length: "long" | "short" = "long",
): string {
  const lastText = formatLocalDate(to, length);
  if (from === to) return lastText;
  const [day, month, year] = formatLocalDate(from, length).split(" ");
  const firstText =
    from.slice(0, 7) === to.slice(0, 7)
      ? day
      : from.slice(0, 4) === to.slice(0, 4)
        ? `${day} ${month}`
        : `${day} ${month} ${year}`;
  return `${firstText} ${separator} ${lastText}`;
}

/** How people prove who they are behind a generic link, by the practice's sector (guide §12). */
export function describeLogin(sector: string | null): string {
  if (sector === "nhs") return "They sign in with NHS login before they finish booking.";
  if (sector) return "They confirm with a code Hero e-mails them before they finish booking.";
  return "They prove who they are before they finish booking.";
}
