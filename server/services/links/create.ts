import "server-only";
import { fingerprint } from "../../crypto/tokens";
import { InvalidInputError } from "../../errors";
import { createBookingLink } from "../../hero/booking-links";
import { HeroError } from "../../hero/errors";
import { createFormLink as askForFormLink } from "../../hero/form-links";
import { getForm } from "../../hero/forms";
import type { CreateBookingLinkInput, CreateFormLinkInput } from "../../schemas/links/inputs";
import type { LinkView } from "../../schemas/links/view";
import type { BookingOptions } from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { fetchFromHero } from "../hero-calls/fetch";
import { getBookingOptions } from "../practices/read";
import { type BulkUploadOrigin, type NewLinkRow, createLinkOnce } from "./create-once";

/** Of everything but the operation id, which is what a repeat has in common. */
const requestFingerprint = (input: { operationId: string }) =>
  fingerprint(JSON.stringify({ ...input, operationId: undefined }));

/** The chosen parts by name; undefined unless each is on Hero's list. */
function buildBookingRow(
  options: BookingOptions | null,
  input: CreateBookingLinkInput,
): NewLinkRow | undefined {
  const appointmentType = options?.appointmentTypes.find(
    ({ id }) => id === input.appointmentTypeId,
  );
  const location = options?.locations.find(({ id }) => id === input.locationId);
  const practitioner = options?.practitioners.find(({ id }) => id === input.practitionerId);
  if (!appointmentType || !location || (input.practitionerId && !practitioner)) return undefined;
  const { operationId: _operation, practiceId: _practice, ...fields } = input;
  return {
    ...fields,
    kind: "booking",
    appointmentTypeName: appointmentType.name,
    locationName: location.name,
    practitionerName: practitioner?.name ?? null,
  };
}

/** Reads Hero's lists again, for parts that the kept ones do not have. @throws InvalidInputError */
async function buildBookingRowFromHero(
  ctx: TenantContext,
  input: CreateBookingLinkInput,
): Promise<NewLinkRow> {
  const options = await getBookingOptions(ctx, { practiceId: input.practiceId });
  const row = buildBookingRow(options, input);
  if (row) return row;
  const includesId = (list: { id: string }[], id: string | undefined) =>
    list.some((item) => item.id === id);
  if (!includesId(options.appointmentTypes, input.appointmentTypeId)) {
    throw new InvalidInputError("appointmentTypeId", "Hero no longer lists this appointment type.");
  }
  if (!includesId(options.locations, input.locationId)) {
    throw new InvalidInputError("locationId", "Hero no longer lists this location.");
  }
  throw new InvalidInputError("practitionerId", "Hero no longer lists this practitioner.");
}

/**
 * Makes one booking link; see `makeLink` for what "at most once" means. Sending the same form again
 * gives the same link, in whatever state it is by then.
 *
 * @throws NotFoundError unless the practice is on this tenant's list in this environment
 * @throws InvalidInputError when Hero does not list a chosen part
 * @throws ConflictError when the operation id was used for something else
 * @throws HeroError when Hero's lists have to be read first and cannot be; nothing is written then
 */
export async function createLink(
  ctx: TenantContext,
  input: CreateBookingLinkInput,
  origin?: BulkUploadOrigin,
): Promise<LinkView> {
  requirePermission(ctx, "links.create");
  const request = {
    operationId: input.operationId,
    practiceId: input.practiceId,
    requestHash: requestFingerprint(input),
    buildRow: (practice: { bookingOptions: BookingOptions | null }) =>
      buildBookingRow(practice.bookingOptions, input),
    buildRowFromHero: () => buildBookingRowFromHero(ctx, input),
    send: (hero: Parameters<typeof createBookingLink>[0]) =>
      createBookingLink(hero, {
        appointment_type_id: input.appointmentTypeId,
        location_id: input.locationId,
        practitioner_id: input.practitionerId,
        patient_id: input.patientId,
        from_date: input.slotsFrom,
        to_date: input.slotsTo,
        expiry_date: input.expiresOn,
        maximum_use_count: input.maxUses,
      }),
  };
  return createLinkOnce(ctx, request, origin);
}

/**
 * Makes one form link. Hero documents that the operation exists and no more (guide §14, 17): its
 * refusal is a failed link with its reason, and is remembered of the practice.
 *
 * @param formTitle what the form is called, where the caller has just read it
 * @throws as `createLink`
 */
export async function createFormLink(
  ctx: TenantContext,
  input: CreateFormLinkInput,
  origin?: BulkUploadOrigin & { formTitle: string },
): Promise<LinkView> {
  requirePermission(ctx, "links.create");
  const { operationId, practiceId, ...fields } = input;
  const buildFormRow = (formTitle: string): NewLinkRow => ({ ...fields, kind: "form", formTitle });
  const request = {
    operationId,
    practiceId,
    requestHash: requestFingerprint(input),
    buildRow: () => (origin ? buildFormRow(origin.formTitle) : undefined),
    buildRowFromHero: async () => buildFormRow((await fetchForm(ctx, input)).title),
    send: (hero: Parameters<typeof askForFormLink>[0]) =>
      askForFormLink(hero, {
        form_id: input.formId,
        patient_id: input.patientId,
        expiry_date: input.expiresOn,
        maximum_use_count: input.maxUses,
      }),
  };
  return createLinkOnce(ctx, request, origin);
}

async function fetchForm(ctx: TenantContext, input: CreateFormLinkInput) {
  try {
    return await fetchFromHero(ctx, input.practiceId, (hero) => getForm(hero, input.formId));
  } catch (error) {
    if (!(error instanceof HeroError) || error.code !== "not_found") throw error;
    throw new InvalidInputError("formId", "Hero no longer lists this form.");
  }
}
