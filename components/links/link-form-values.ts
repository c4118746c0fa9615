import type { FieldErrors, Resolver } from "react-hook-form";
import { addDays } from "@/server/schemas/dates";
import {
  type CreateBookingLinkInput,
  type CreateFormLinkInput,
  type CreateVideoLinkInput,
  createBookingLinkInput,
  createFormLinkInput,
  createVideoLinkInput,
} from "@/server/schemas/links/inputs";
import {
  type LinkDateField,
  type LinkTextField,
  linkTextFields,
  splitTags,
} from "@/server/schemas/links/rules";
import type { LinkView } from "@/server/schemas/links/view";
import type { BookingOptions } from "@/server/schemas/practices";
import type { NewLinkKind } from "./kind-picker";

/** What the form holds, as typed; empty text means "not selected". Each kind of link uses its part. */
export type LinkFormValues = Record<
  | "appointmentTypeId"
  | "locationId"
  | "practitionerId"
  | "formId"
  | "patientId"
  | "maxUses"
  | LinkDateField
  | LinkTextField,
  string
>;

const defaultExpiresInDays = 7;

/** A link's own texts as the form holds them, with the tags in one box. */
function textValues(link: LinkView | null): Record<LinkTextField, string> {
  const entries = linkTextFields.map((field) => {
    const value = link?.[field] ?? "";
    return [field, typeof value === "string" ? value : value.join(", ")];
  });
  return Object.fromEntries(entries) as Record<LinkTextField, string>;
}

/**
 * The values of a new form, or an earlier link's to create another like it. Dates that have passed, and
 * what Hero no longer lists, are left to be selected again.
 */
export function initialLinkFormValues(
  options: BookingOptions,
  today: string,
  sourceLink: LinkView | null,
): LinkFormValues {
  const idIfListed = (items: readonly { id: string }[], id: string | undefined) =>
    id && items.some((item) => item.id === id) ? id : "";
  const dateIfNotPast = (date: string | null | undefined) => (date && date >= today ? date : "");
  const onlyLocationId = options.locations.length === 1 ? options.locations[0]?.id : undefined;
  return {
    formId: sourceLink?.form?.id ?? "",
    patientId: sourceLink?.patientId ?? "",
    appointmentTypeId: idIfListed(options.appointmentTypes, sourceLink?.appointmentType?.id),
    locationId: idIfListed(options.locations, sourceLink?.location?.id ?? onlyLocationId),
    practitionerId: idIfListed(options.practitioners, sourceLink?.practitioner?.id),
    slotsFrom: dateIfNotPast(sourceLink?.slotsFrom),
    slotsTo: dateIfNotPast(sourceLink?.slotsTo),
    expiresOn: dateIfNotPast(sourceLink?.expiresOn) || addDays(today, defaultExpiresInDays),
    maxUses: String(sourceLink?.maxUses ?? ""),
    ...textValues(sourceLink),
  };
}

export function kindOfLink({ kind, audience }: LinkView): NewLinkKind {
  if (kind !== "booking") return kind;
  return audience === "patient_invite" ? "invite" : "generic";
}

/** What each kind of link is created with. */
export type NewLinkInput = CreateBookingLinkInput | CreateFormLinkInput | CreateVideoLinkInput;

function schemaOf(kind: NewLinkKind | null) {
  if (kind === "video") return createVideoLinkInput;
  return kind === "form" ? createFormLinkInput : createBookingLinkInput;
}

type ResolverOptions = {
  kind: NewLinkKind | null;
  isForOnePatient: boolean;
  practiceId: string;
  operationId: string;
};

/** Checks the form with the schema that the server uses for this kind of link. */
export function createLinkResolver(
  options: ResolverOptions,
): Resolver<LinkFormValues, unknown, NewLinkInput> {
  const { kind, isForOnePatient, practiceId, operationId } = options;
  const schema = schemaOf(kind);
  return (values) => {
    const tags = splitTags(values.tags);
    const result = schema.safeParse({
      ...values,
      operationId,
      practiceId,
      patientId: isForOnePatient ? values.patientId : undefined,
      tags: tags.length > 0 ? tags : undefined,
    });
    const errors: FieldErrors<LinkFormValues> = {};
    if (isForOnePatient && !values.patientId) {
      errors.patientId = { type: "required", message: "Select the patient first." };
    }
    for (const { code, message, path } of result.error?.issues ?? []) {
      // An invalid tag is an error of the one box that holds them all.
      errors[path[0] as keyof LinkFormValues] ??= { type: code, message };
    }
    return result.success && !errors.patientId
      ? { values: result.data, errors: {} }
      : { values: {}, errors };
  };
}
