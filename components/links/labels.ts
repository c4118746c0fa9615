import { formatCount } from "@/components/ui/format-count";
import { formatLocalDate } from "@/server/schemas/dates";
import type { LinkKind } from "@/server/schemas/links/fields";
import type { BookedSince, LinkSort } from "@/server/schemas/links/list";
import { type LinkTextField, videoLinkSubject } from "@/server/schemas/links/rules";
import type { LinkState, LinkView } from "@/server/schemas/links/view";

export const stateNames: Record<LinkState, string> = {
  pending: "Creating",
  live: "Live",
  ends_soon: "Ends soon",
  booked: "Booked",
  used_up: "Used up",
  expired: "Expired",
  stopped: "Stopped",
  closed: "Closed",
  failed: "Not created",
  unknown: "Unknown",
};

export const audienceNames: Record<LinkView["audience"], string> = {
  patient_invite: "Patient invite",
  generic: "Generic link",
};

/** Who a link is for, in the words of its kind: only those who book are invited. */
export function audienceName({ kind, audience }: Pick<LinkView, "kind" | "audience">): string {
  if (kind === "booking") return audienceNames[audience];
  return audience === "patient_invite" ? "One patient" : "Anyone with the link";
}

export const kindNames: Record<LinkKind, string> = {
  booking: "Booking link",
  form: "Form link",
  video: "Video link",
};

/** What a use of a link is called. */
export const useNames: Record<LinkKind, string> = {
  booking: "Bookings",
  form: "Responses",
  video: "Joined",
};

/** Whether the patient has joined with a video link: Hero says no more than that. */
export const joinedText = ({ uses }: Pick<LinkView, "uses">) => (uses > 0 ? "Yes" : "Not yet");

export const usedNames: Record<"yes" | "no", string> = {
  yes: "At least once",
  no: "Never",
};

export const bookedSinceNames: Record<BookedSince, string> = {
  yesterday: "Yesterday",
  last_7_days: "Last 7 days",
  last_28_days: "Last 28 days",
};

export const linkTextNames: Record<LinkTextField, string> = {
  name: "Name",
  reference: "Reference",
  tags: "Tags",
};

export const sortNames: Record<LinkSort, string> = {
  newest: "Newest first",
  oldest: "Oldest first",
  expires_first: "Expires first",
  expires_last: "Expires last",
  most_used: "Most used",
};

/** True while patients can use it. Only such a link can be copied. */
export function isBookable(
  link: Pick<LinkView, "state" | "url">,
): link is { url: string } & typeof link {
  return link.url !== null && (link.state === "live" || link.state === "ends_soon");
}

/** True once Hero has confirmed the link; its uses and expiry date are meaningless before. */
export function wasCreated({ state }: Pick<LinkView, "state">): boolean {
  return state !== "pending" && state !== "failed" && state !== "unknown";
}

/**
 * True for an open link, whose dates and limit can be changed. Hero documents no way to change a form or
 * video link.
 */
export function isEditable({ state, kind }: Pick<LinkView, "state" | "kind">): boolean {
  return (
    kind === "booking" &&
    ["live", "ends_soon", "booked", "used_up", "expired", "stopped"].includes(state)
  );
}

type NotEditable = Pick<LinkView, "state" | "kind" | "expiresOn">;

/** Why a link cannot be edited, for its edit page. */
export function explainNotEditable(link: NotEditable): { title: string; text: string } {
  if (link.kind !== "booking") {
    return { title: `${kindNames[link.kind]}s cannot be edited`, text: explainFixedLink(link) };
  }
  return {
    title: `This link cannot be edited: ${stateNames[link.state].toLowerCase()}`,
    text: "You can only edit an open booking link. Create a new link instead.",
  };
}

/** What can be done with a form or video link instead of changing or closing it. */
export function explainFixedLink({ state, kind, expiresOn }: NotEditable): string {
  const reason = `Hero has no way to change or close ${kindNames[kind].toLowerCase()}s.`;
  if (state !== "live" && state !== "ends_soon") return `${reason} Create a new link instead.`;
  const end = `the end of ${formatLocalDate(expiresOn)}, UK time`;
  return kind === "form"
    ? `${reason} This one works until ${end}, or until all its responses are sent. To offer other limits, create a new link.`
    : `${reason} This one works until ${end}. For another expiry date, create a new link.`;
}

/** True for a live booking link: Hero documents no way to close the others. */
export function isClosable({ state, kind }: Pick<LinkView, "state" | "kind">): boolean {
  return kind === "booking" && (state === "live" || state === "ends_soon");
}

/** What closing leaves as it is, of the selected links. Empty if it closes them all. */
export function explainNotClosable(selected: readonly Pick<LinkView, "state" | "kind">[]): string {
  const others = selected.filter((link) => !isClosable(link));
  const countOpen = (openKind: LinkKind) =>
    others.filter(
      ({ kind, state }) => kind === openKind && (state === "live" || state === "ends_soon"),
    ).length;
  const [formLinkCount, videoLinkCount] = [countOpen("form"), countOpen("video")];
  const endedCount = others.length - formLinkCount - videoLinkCount;
  return [
    formLinkCount > 0 &&
      `${formatCount(formLinkCount, "form link")} will stay open: Hero has no way to close form links.`,
    videoLinkCount > 0 &&
      `${formatCount(videoLinkCount, "video link")} will stay open: Hero has no way to close video links.`,
    endedCount > 0 &&
      `${formatCount(endedCount, "other link")} will not change: only live links can be closed.`,
  ]
    .filter(Boolean)
    .join(" ");
}

type ClosedLink = Pick<LinkView, "state" | "expiresOn">;

/** A closed link that has not expired since. */
export const canReopen = ({ state, expiresOn }: ClosedLink, today: string) =>
  state === "closed" && expiresOn >= today;

/** What reopening leaves as it is, of the selected links. Empty if it reopens them all. */
export function explainNotReopened(selected: readonly ClosedLink[], today: string): string {
  const closedCount = selected.filter(({ state }) => state === "closed").length;
  const expiredCount = closedCount - selected.filter((link) => canReopen(link, today)).length;
  const openCount = selected.length - closedCount;
  return [
    expiredCount > 0 &&
      `${formatCount(expiredCount, "closed link")} will stay closed: expired links cannot be reopened. Create new ones instead.`,
    openCount > 0 && `${formatCount(openCount, "other link")} will not change.`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** Why Hero no longer accepts a link that has not expired and that nobody closed here. */
export function explainStopped({ kind }: Pick<LinkView, "kind">): string {
  if (kind === "form") {
    return "Hero has locked this link. Ten wrong dates of birth lock a link permanently. Create a new one.";
  }
  return kind === "video"
    ? "Hero no longer accepts this link. It may have expired earlier at Hero, or ten wrong dates of birth may have locked it. Create a new one."
    : "Hero no longer accepts this link, and it was not closed here. The practice may have closed it, or ten wrong dates of birth may have locked it. Ask the practice, or create a new link.";
}

/** The link's appointment type or form, or what a video link is for. */
export function linkSubject({ kind, appointmentType, form }: LinkView): string {
  return kind === "video" ? videoLinkSubject : (appointmentType?.name ?? form?.name ?? "");
}

/** The link's name, or what it is for. */
export function linkTitle(link: LinkView): string {
  return link.name ?? linkSubject(link);
}

/**
 * The link in a page title, which browsers and logs keep: of a link for one patient only the appointment
 * type or form and the end of its ID.
 */
export function linkPageTitle(link: LinkView): string {
  return link.audience === "generic"
    ? linkTitle(link)
    : `${linkSubject(link)} (${link.id.slice(-4)})`;
}

type SlotWindow = { slotsFrom?: string | null; slotsTo?: string | null };

/** The dates a patient can choose from: "3 to 17 Dec 2026", "From 3 Dec 2026", "Any date". */
export function describeWindow({ slotsFrom, slotsTo }: SlotWindow): string {
  if (slotsFrom && slotsTo) return formatDateRange(slotsFrom, slotsTo, "to", "short");
  if (slotsFrom) return `From ${formatLocalDate(slotsFrom, "short")}`;
  if (slotsTo) return `Up to ${formatLocalDate(slotsTo, "short")}`;
  return "Any date";
}

/** Two dates with their common part once: "3 and 17 December 2026", "30 November and 2 December 2026". */
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

/** How patients sign in on a generic link, by the practice's sector. */
export function describeLogin(sector: string | null): string {
  if (sector === "nhs") return "Patients sign in with NHS login before they finish booking.";
  if (sector) return "Patients confirm a code that Hero emails them before they finish booking.";
  return "Patients sign in before they finish booking.";
}
