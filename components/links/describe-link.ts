import { formatBareDate, isBareDate } from "@/server/schemas/dates";
import type { LinkView } from "@/server/schemas/links";
import { formatSpan } from "./words";

/** A link as a form holds it: anything may still be missing or half typed. */
export type LinkDraft = {
  audience: LinkView["audience"];
  practiceName: string;
  patientId: string;
  appointmentTypeName: string | null;
  locationName: string | null;
  practitionerName: string | null;
  slotsFrom: string;
  slotsTo: string;
  expiresOn: string;
  maximumUses: string;
};

function describeDays(from: string, to: string): string {
  const hasFrom = isBareDate(from);
  const hasTo = isBareDate(to);
  if (hasFrom && hasTo) {
    return from === to ? `on ${formatBareDate(to)}` : `between ${formatSpan(from, to, "and")}`;
  }
  if (hasFrom) return `on or after ${formatBareDate(from)}`;
  if (hasTo) return `up to ${formatBareDate(to)}`;
  return "on any free day";
}

/**
 * What a link will let happen, in one sentence that can be read out to a colleague: who may book what,
 * where, when, how often and until when. What is not chosen yet is said in general words.
 */
export function describeLink(draft: LinkDraft): string {
  const uses = Number(draft.maximumUses);
  const isInvite = draft.audience === "patient_invite";
  const who = isInvite
    ? draft.patientId.trim()
      ? `Patient ${draft.patientId.trim()} of ${draft.practiceName}`
      : `One patient of ${draft.practiceName}`
    : `Anyone registered at ${draft.practiceName}`;
  const what = draft.appointmentTypeName ?? "appointment";
  const amount = isInvite && uses > 1 ? `up to ${uses} × ${what}` : `one ${what}`;
  const where = draft.locationName ? `at ${draft.locationName}` : "at one of its locations";
  const whom = draft.practitionerName ? ` with ${draft.practitionerName}` : "";
  const end = isBareDate(draft.expiresOn)
    ? `the end of ${formatBareDate(draft.expiresOn)}, UK time`
    : "a day to be chosen";
  const limit =
    !isInvite && uses >= 1
      ? `until ${uses === 1 ? "one booking is made" : `${uses.toLocaleString("en-GB")} bookings are made`} or ${end}, whichever comes first`
      : `until ${end}`;
  return `${who} may book ${amount} ${where}${whom} ${describeDays(draft.slotsFrom, draft.slotsTo)}, ${limit}.`;
}
