import { addDays } from "@/server/schemas/dates";
import type { LinkView } from "@/server/schemas/links/view";
import type { BookingOptions } from "@/server/schemas/practices";
import type { NewLinkKind } from "./kind-picker";

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
  maxUses: string;
  name: string;
  reference: string;
  tags: string;
};

const defaultExpiresInDays = 7;

function kindOf({ kind, audience }: LinkView): NewLinkKind {
  if (kind === "form") return "form";
  return audience === "patient_invite" ? "invite" : "generic";
}

/**
 * The defaults, or an earlier link's details for one more like it. Days that have passed, and parts
 * that Hero no longer lists, are left to be chosen again.
 */
export function buildLinkDefaults(
  options: BookingOptions,
  today: string,
  sourceLink: LinkView | null,
): LinkDefaults {
  const idIfListed = (items: readonly { id: string }[], id: string | undefined) =>
    id && items.some((item) => item.id === id) ? id : "";
  const dateIfNotPast = (date: string | null | undefined) => (date && date >= today ? date : "");
  const onlyLocationId = options.locations.length === 1 ? options.locations[0]?.id : undefined;
  return {
    kind: sourceLink ? kindOf(sourceLink) : null,
    formId: sourceLink?.form?.id ?? "",
    patientId: sourceLink?.patientId ?? "",
    appointmentTypeId: idIfListed(options.appointmentTypes, sourceLink?.appointmentType?.id),
    locationId: idIfListed(options.locations, sourceLink?.location?.id ?? onlyLocationId),
    practitionerId: idIfListed(options.practitioners, sourceLink?.practitioner?.id),
    slotsFrom: dateIfNotPast(sourceLink?.slotsFrom),
    slotsTo: dateIfNotPast(sourceLink?.slotsTo),
    expiresOn: dateIfNotPast(sourceLink?.expiresOn) || addDays(today, defaultExpiresInDays),
    maxUses: sourceLink ? String(sourceLink.maxUses) : "",
    name: sourceLink?.name ?? "",
    reference: sourceLink?.reference ?? "",
    tags: sourceLink?.tags.join(", ") ?? "",
  };
}
