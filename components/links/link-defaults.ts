import { addDays } from "@/server/schemas/dates";
import type { LinkView } from "@/server/schemas/links";
import type { BookingOptions } from "@/server/schemas/practices";
import type { NewLinkKind } from "./kind-choice";

/** What the form for a new link starts with. Empty text means "not chosen". */
export type LinkDefaults = {
  kind: NewLinkKind | null;
  formId: string;
  patientId: string;
  appointmentTypeId: string;
  locationId: string;
  practitionerId: string;
  slotsFrom: string;
  slotsTo: string;
  expiresOn: string;
  maximumUses: string;
  name: string;
  reference: string;
  tags: string;
};

const expiresInDays = 7;

function kindOf({ kind, audience }: LinkView): NewLinkKind {
  if (kind === "form") return "form";
  return audience === "patient_invite" ? "invite" : "generic";
}

/**
 * The defaults, or an earlier link's details for one more like it. Days that have passed, and parts
 * that Hero no longer lists, are left to be chosen again.
 */
export function proposeLink(
  options: BookingOptions,
  today: string,
  earlier: LinkView | null,
): LinkDefaults {
  const listed = (list: readonly { id: string }[], id: string | undefined) =>
    id && list.some((each) => each.id === id) ? id : "";
  const ahead = (date: string | null | undefined) => (date && date >= today ? date : "");
  const onlyLocation = options.locations.length === 1 ? options.locations[0]?.id : undefined;
  return {
    kind: earlier ? kindOf(earlier) : null,
    formId: earlier?.form?.id ?? "",
    patientId: earlier?.patientId ?? "",
    appointmentTypeId: listed(options.appointmentTypes, earlier?.appointmentType?.id),
    locationId: listed(options.locations, earlier?.location?.id ?? onlyLocation),
    practitionerId: listed(options.practitioners, earlier?.practitioner?.id),
    slotsFrom: ahead(earlier?.slotsFrom),
    slotsTo: ahead(earlier?.slotsTo),
    expiresOn: ahead(earlier?.expiresOn) || addDays(today, expiresInDays),
    maximumUses: earlier ? String(earlier.maximumUses) : "",
    name: earlier?.name ?? "",
    reference: earlier?.reference ?? "",
    tags: earlier?.tags.join(", ") ?? "",
  };
}
