import "server-only";
import { db } from "@/db/client";
import { InvalidInputError } from "../../errors";
import { requestBookingLink } from "../../hero/booking-links";
import { HeroError } from "../../hero/errors";
import { requestFormLink } from "../../hero/form-links";
import { fetchForm } from "../../hero/forms";
import type { CreateBookingLinkInput, CreateFormLinkInput } from "../../schemas/links/inputs";
import type { LinkView } from "../../schemas/links/view";
import type { BookingOptions } from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { callHeroForPractice } from "../hero-calls/call";
import { fetchFromHero } from "../hero-calls/fetch";
import { loadPracticeWithKey } from "../practices/load-with-key";
import { getBookingOptions } from "../practices/read";
import { requireAllowedPatient } from "../patients/check";
import { recordLinkResult } from "./record-result";
import {
  type BulkUploadOrigin,
  findReservation,
  insertReservation,
  type LinkRequest,
  type NewLinkRow,
  type Reservation,
  reserveLink,
  toLinkRequest,
} from "./reserve";

/**
 * Creates a booking link, at most once for an operation id: first a pending row, then the one call to
 * Hero, then its result. A repeat gets the same link in its present state. Hero's refusal or silence is
 * no error here: the link comes back as `failed` or `unknown`, with its reason.
 *
 * Both dates are included (assumption 39).
 *
 * @param origin for a row of a bulk upload, which may retry a failure that has passed and whose patient
 *   the caller has checked
 * @throws NotFoundError unless the practice is connected
 * @throws InvalidInputError on `patientId` for a patient who may not be invited
 * @throws PatientNotCheckedError when Hero did not say; nothing is written then
 * @throws InvalidInputError when Hero does not list a selected option
 * @throws OperationIdReusedError when the operation ID was used for something else
 * @throws HeroError when Hero's lists are needed and cannot be read; nothing is written then
 */
export async function createBookingLink(
  ctx: TenantContext,
  input: CreateBookingLinkInput,
  origin?: BulkUploadOrigin,
): Promise<LinkView> {
  requirePermission(ctx, "links.create");
  const request = toLinkRequest(input, origin);
  const reservation =
    (await checkNewPatient(ctx, request, input.patientId)) ??
    (await reserveWithStoredNames(ctx, request, input)) ??
    (await reserveLink(ctx, request, await fetchBookingRow(ctx, input)));
  if (reservation.existing) return reservation.existing;
  const outcome = await callHeroForPractice(ctx, reservation.practice, (hero) =>
    requestBookingLink(hero, {
      appointment_type_id: input.appointmentTypeId,
      location_id: input.locationId,
      practitioner_id: input.practitionerId,
      patient_id: input.patientId,
      from_date: input.slotsFrom,
      to_date: input.slotsTo,
      expiry_date: input.expiresOn,
      maximum_use_count: input.maxUses,
    }),
  );
  return recordLinkResult(ctx, input.operationId, reservation, outcome);
}

/**
 * Creates a form link, as `createBookingLink` does. Hero documents only that the operation exists
 * (assumption 17), so a refusal is remembered for the practice.
 *
 * @param origin for a row of a bulk upload, with the form's title
 */
export async function createFormLink(
  ctx: TenantContext,
  input: CreateFormLinkInput,
  origin?: BulkUploadOrigin & { formTitle: string },
): Promise<LinkView> {
  requirePermission(ctx, "links.create");
  const request = toLinkRequest(input, origin);
  const reservation =
    (origin ? null : await findRepeat(ctx, request)) ??
    (await checkNewPatient(ctx, request, input.patientId)) ??
    (await reserveLink(ctx, request, {
      ...linkColumnsOf(input),
      kind: "form",
      formTitle: origin?.formTitle ?? (await fetchFormTitle(ctx, input)),
    }));
  if (reservation.existing) return reservation.existing;
  const outcome = await callHeroForPractice(ctx, reservation.practice, (hero) =>
    requestFormLink(hero, {
      form_id: input.formId,
      patient_id: input.patientId,
      expiry_date: input.expiresOn,
      maximum_use_count: input.maxUses,
    }),
  );
  return recordLinkResult(ctx, input.operationId, reservation, outcome);
}

/** Reserves with the names stored for the practice; null when they lack one and this is no repeat. */
function reserveWithStoredNames(
  ctx: TenantContext,
  request: LinkRequest,
  input: CreateBookingLinkInput,
): Promise<Reservation | null> {
  return db.tenant(ctx, async (tx) => {
    const practice = await loadPracticeWithKey(tx, ctx, request.practiceId);
    const row = buildBookingRow(practice.bookingOptions, input);
    return row
      ? insertReservation(tx, ctx, request, practice, row)
      : findReservation(tx, ctx, request, practice);
  });
}

function findRepeat(ctx: TenantContext, request: LinkRequest): Promise<Reservation | null> {
  return db.tenant(ctx, async (tx) => {
    const practice = await loadPracticeWithKey(tx, ctx, request.practiceId);
    return findReservation(tx, ctx, request, practice);
  });
}

/**
 * The link of an earlier request for a patient; null for a new one, whose patient is checked.
 * A link for anyone needs no check.
 */
async function checkNewPatient(
  ctx: TenantContext,
  request: LinkRequest,
  patientId: string | undefined,
): Promise<Reservation | null> {
  if (!patientId || request.origin) return null;
  const repeat = await findRepeat(ctx, request);
  if (!repeat) await requireAllowedPatient(ctx, request.practiceId, patientId);
  return repeat;
}

function linkColumnsOf<Input extends CreateBookingLinkInput | CreateFormLinkInput>(input: Input) {
  const { operationId: _operationId, practiceId: _practiceId, ...columns } = input;
  return columns;
}

/** The row with the names of the selected options; undefined unless all are listed. */
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
  return {
    ...linkColumnsOf(input),
    kind: "booking",
    appointmentTypeName: appointmentType.name,
    locationName: location.name,
    practitionerName: practitioner?.name ?? null,
  };
}

/** The same, from Hero's lists read now. @throws InvalidInputError */
async function fetchBookingRow(
  ctx: TenantContext,
  input: CreateBookingLinkInput,
): Promise<NewLinkRow> {
  const options = await getBookingOptions(ctx, { practiceId: input.practiceId });
  const row = buildBookingRow(options, input);
  if (row) return row;
  if (!options.appointmentTypes.some(({ id }) => id === input.appointmentTypeId)) {
    throw new InvalidInputError("appointmentTypeId", "Hero no longer lists this appointment type.");
  }
  if (!options.locations.some(({ id }) => id === input.locationId)) {
    throw new InvalidInputError("locationId", "Hero no longer lists this location.");
  }
  throw new InvalidInputError("practitionerId", "Hero no longer lists this practitioner.");
}

async function fetchFormTitle(ctx: TenantContext, input: CreateFormLinkInput): Promise<string> {
  try {
    const form = await fetchFromHero(ctx, input.practiceId, (hero) =>
      fetchForm(hero, input.formId),
    );
    return form.title;
  } catch (error) {
    if (!(error instanceof HeroError) || error.code !== "not_found") throw error;
    throw new InvalidInputError("formId", "Hero no longer lists this form.");
  }
}
