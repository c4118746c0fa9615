import { formatBareDate, isBareDate } from "@/server/schemas/dates";
import { formatSpan } from "./words";

/** A link as a form holds it: anything may still be missing or half typed. */
type Draft = {
  practiceName: string;
  /** Empty where no patient is chosen. */
  patientId: string;
  expiresOn: string;
  maximumUses: string;
};

export type BookingLinkDraft = Draft & {
  isInvite: boolean;
  appointmentTypeName: string | null;
  locationName: string | null;
  practitionerName: string | null;
  slotsFrom: string;
  slotsTo: string;
};

export type FormLinkDraft = Draft & { isForOnePatient: boolean | null; formTitle: string | null };

function describeDays(from: string, to: string): string {
  const hasFrom = isBareDate(from);
  const hasTo = isBareDate(to);
  if (hasFrom && hasTo && from > to) return "on days that have yet to be put right";
  if (hasFrom && hasTo) {
    return from === to ? `on ${formatBareDate(to)}` : `between ${formatSpan(from, to, "and")}`;
  }
  if (hasFrom) return `on or after ${formatBareDate(from)}`;
  if (hasTo) return `up to ${formatBareDate(to)}`;
  return "on any free day";
}

function describeEnd({ expiresOn }: Draft): string {
  return isBareDate(expiresOn)
    ? `the end of ${formatBareDate(expiresOn)}, UK time`
    : "a day to be chosen";
}

/** "until the end of … or until 3 bookings are made", for a link of many people. */
function describeLimit(draft: Draft, thing: string, done: string): string {
  const uses = Number(draft.maximumUses);
  const end = describeEnd(draft);
  if (!Number.isInteger(uses) || uses < 1) return `until ${end}`;
  const amount =
    uses === 1
      ? `one ${thing} is ${done}`
      : `${uses.toLocaleString("en-GB")} ${thing}s are ${done}`;
  return `until ${amount} or ${end}, whichever comes first`;
}

const describePatient = ({ patientId, practiceName }: Draft) =>
  patientId ? `Patient ${patientId} of ${practiceName}` : `One patient of ${practiceName}`;

/**
 * What a booking link will let happen, in one sentence that can be read out to a colleague: who may book
 * what, where, when, how often and until when. What is not chosen yet is said in general words.
 */
export function describeLink(draft: BookingLinkDraft): string {
  const uses = Number(draft.maximumUses);
  const { isInvite } = draft;
  const who = isInvite ? describePatient(draft) : `Anyone registered at ${draft.practiceName}`;
  const what = draft.appointmentTypeName ?? "appointment";
  const amount = isInvite && uses > 1 ? `up to ${uses} × ${what}` : `one ${what}`;
  const where = draft.locationName ? `at ${draft.locationName}` : "at one of its locations";
  const whom = draft.practitionerName ? ` with ${draft.practitionerName}` : "";
  const limit = isInvite ? `until ${describeEnd(draft)}` : describeLimit(draft, "booking", "made");
  return `${who} may book ${amount} ${where}${whom} ${describeDays(draft.slotsFrom, draft.slotsTo)}, ${limit}.`;
}

/** The same for a form link. */
export function describeFormLink(draft: FormLinkDraft): string {
  const form = draft.formTitle ? `“${draft.formTitle}”` : "one form";
  const uses = Number(draft.maximumUses);
  if (draft.isForOnePatient === false) {
    return `Anyone with the link may answer ${form} of ${draft.practiceName}, ${describeLimit(draft, "answer", "sent")}.`;
  }
  const often = uses > 1 ? `up to ${uses} times` : "once";
  return `${describePatient(draft)} may answer ${form} ${often}, until ${describeEnd(draft)}.`;
}
