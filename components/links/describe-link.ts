import { formatLocalDate, isLocalDate } from "@/server/schemas/dates";
import { formatDateRange } from "./labels";

/** A link as a form holds it: anything can be missing or half typed. */
type DraftBase = {
  practiceName: string;
  /** Empty where no patient is selected. */
  patientId: string;
  expiresOn: string;
  maxUses: string;
};

export type BookingLinkDraft = DraftBase & {
  isInvite: boolean;
  appointmentTypeName: string | null;
  locationName: string | null;
  practitionerName: string | null;
  slotsFrom: string;
  slotsTo: string;
};

export type FormLinkDraft = DraftBase & {
  isForOnePatient: boolean | null;
  formTitle: string | null;
};

function describeDates(from: string, to: string): string {
  const hasFrom = isLocalDate(from);
  const hasTo = isLocalDate(to);
  if (hasFrom && hasTo && from > to) return "on dates to be corrected";
  if (hasFrom && hasTo) {
    return from === to
      ? `on ${formatLocalDate(to)}`
      : `between ${formatDateRange(from, to, "and")}`;
  }
  if (hasFrom) return `on or after ${formatLocalDate(from)}`;
  if (hasTo) return `up to ${formatLocalDate(to)}`;
  return "on any date";
}

function describeEnd({ expiresOn }: Pick<DraftBase, "expiresOn">): string {
  return isLocalDate(expiresOn)
    ? `the end of ${formatLocalDate(expiresOn)}, UK time`
    : "an expiry date to be chosen";
}

/** "until 3 bookings are made or the end of …", for a link that many people use. */
function describeLimit(draft: DraftBase, noun: string, participle: string): string {
  const useCount = Number(draft.maxUses);
  const end = describeEnd(draft);
  if (!Number.isInteger(useCount) || useCount < 1) return `until ${end}`;
  const uses =
    useCount === 1
      ? `one ${noun} is ${participle}`
      : `${useCount.toLocaleString("en-GB")} ${noun}s are ${participle}`;
  return `until ${uses} or ${end}, whichever comes first`;
}

const describePatient = ({
  patientId,
  practiceName,
}: Pick<DraftBase, "patientId" | "practiceName">) =>
  patientId ? `Patient ${patientId} of ${practiceName}` : `One patient of ${practiceName}`;

/**
 * What a booking link allows, in one sentence that can be read aloud: who can book what, where, when,
 * how often and until when. What is not selected yet is described in general words.
 */
export function describeLink(draft: BookingLinkDraft): string {
  const maxUses = Number(draft.maxUses);
  const { isInvite } = draft;
  const subject = isInvite ? describePatient(draft) : `Anyone registered at ${draft.practiceName}`;
  const appointment = draft.appointmentTypeName ?? "appointment";
  const appointments =
    isInvite && maxUses > 1 ? `up to ${maxUses} × ${appointment}` : `one ${appointment}`;
  const location = draft.locationName ? `at ${draft.locationName}` : "at one of its locations";
  const practitioner = draft.practitionerName ? ` with ${draft.practitionerName}` : "";
  const limit = isInvite ? `until ${describeEnd(draft)}` : describeLimit(draft, "booking", "made");
  return `${subject} can book ${appointments} ${location}${practitioner} ${describeDates(draft.slotsFrom, draft.slotsTo)}, ${limit}.`;
}

/** What a form link allows, in one sentence. */
export function describeFormLink(draft: FormLinkDraft): string {
  const form = draft.formTitle ? `“${draft.formTitle}”` : "one form";
  const maxUses = Number(draft.maxUses);
  if (draft.isForOnePatient === false) {
    return `Anyone with the link can fill in ${form} of ${draft.practiceName}, ${describeLimit(draft, "response", "sent")}.`;
  }
  const frequency = maxUses > 1 ? `up to ${maxUses} times` : "once";
  return `${describePatient(draft)} can fill in ${form} ${frequency}, until ${describeEnd(draft)}.`;
}

/** What a video link allows, in one sentence. */
export function describeVideoLink(draft: Omit<DraftBase, "maxUses">): string {
  return `${describePatient(draft)} can join a video consultation, until ${describeEnd(draft)}.`;
}
