import "server-only";
import { fingerprint } from "../../crypto/tokens";
import { InvalidInputError } from "../../errors";
import { createBookingLink } from "../../hero/booking-links";
import { HeroError } from "../../hero/errors";
import { createFormLink as askForFormLink } from "../../hero/form-links";
import { getForm } from "../../hero/forms";
import type { CreateBookingLinkInput, CreateFormLinkInput, LinkView } from "../../schemas/links";
import type { BookingOptions } from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { readHero } from "../hero/access";
import { getBookingOptions } from "../practices/read";
import { type MadeForBulk, type MakingRow, makeLink } from "./make";

/** Of everything but the operation id, which is what a repeat has in common. */
const fingerprintOf = (input: { operationId: string }) =>
  fingerprint(JSON.stringify({ ...input, operationId: undefined }));

/** The chosen parts by name; undefined unless each is on Hero's list. */
function describeBooking(
  options: BookingOptions | null,
  input: CreateBookingLinkInput,
): MakingRow | undefined {
  const type = options?.appointmentTypes.find(({ id }) => id === input.appointmentTypeId);
  const location = options?.locations.find(({ id }) => id === input.locationId);
  const practitioner = options?.practitioners.find(({ id }) => id === input.practitionerId);
  if (!type || !location || (input.practitionerId && !practitioner)) return undefined;
  const { operationId: _operation, practiceId: _practice, ...fields } = input;
  return {
    ...fields,
    kind: "booking",
    appointmentTypeName: type.name,
    locationName: location.name,
    practitionerName: practitioner?.name ?? null,
  };
}

/** Reads Hero's lists again, for parts that the kept ones do not have. @throws InvalidInputError */
async function describeBookingFresh(
  ctx: TenantContext,
  input: CreateBookingLinkInput,
): Promise<MakingRow> {
  const options = await getBookingOptions(ctx, { practiceId: input.practiceId });
  const row = describeBooking(options, input);
  if (row) return row;
  const isOn = (list: { id: string }[], id: string | undefined) =>
    list.some((item) => item.id === id);
  if (!isOn(options.appointmentTypes, input.appointmentTypeId)) {
    throw new InvalidInputError("appointmentTypeId", "Hero no longer lists this appointment type.");
  }
  if (!isOn(options.locations, input.locationId)) {
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
  bulk?: MadeForBulk,
): Promise<LinkView> {
  requirePermission(ctx, "links.create");
  const making = {
    operationId: input.operationId,
    practiceId: input.practiceId,
    requestHash: fingerprintOf(input),
    describe: (practice: { bookingOptions: BookingOptions | null }) =>
      describeBooking(practice.bookingOptions, input),
    describeFresh: () => describeBookingFresh(ctx, input),
    ask: (hero: Parameters<typeof createBookingLink>[0]) =>
      createBookingLink(hero, {
        appointment_type_id: input.appointmentTypeId,
        location_id: input.locationId,
        practitioner_id: input.practitionerId,
        patient_id: input.patientId,
        from_date: input.slotsFrom,
        to_date: input.slotsTo,
        expiry_date: input.expiresOn,
        maximum_use_count: input.maximumUses,
      }),
  };
  return makeLink(ctx, making, bulk);
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
  bulk?: MadeForBulk & { formTitle: string },
): Promise<LinkView> {
  requirePermission(ctx, "links.create");
  const { operationId, practiceId, ...fields } = input;
  const rowOf = (formTitle: string): MakingRow => ({ ...fields, kind: "form", formTitle });
  const making = {
    operationId,
    practiceId,
    requestHash: fingerprintOf(input),
    describe: () => (bulk ? rowOf(bulk.formTitle) : undefined),
    describeFresh: async () => rowOf((await readForm(ctx, input)).title),
    ask: (hero: Parameters<typeof askForFormLink>[0]) =>
      askForFormLink(hero, {
        form_id: input.formId,
        patient_id: input.patientId,
        expiry_date: input.expiresOn,
        maximum_use_count: input.maximumUses,
      }),
  };
  return makeLink(ctx, making, bulk);
}

async function readForm(ctx: TenantContext, input: CreateFormLinkInput) {
  try {
    return await readHero(ctx, input.practiceId, (hero) => getForm(hero, input.formId));
  } catch (error) {
    if (!(error instanceof HeroError) || error.code !== "not_found") throw error;
    throw new InvalidInputError("formId", "Hero no longer lists this form.");
  }
}
