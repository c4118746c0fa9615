import "server-only";
import { db } from "@/db/client";
import { InvalidInputError } from "../../errors";
import { requestBookingLink } from "../../hero/booking-links";
import type { HeroCreatedLink } from "../../hero/created-link";
import { HeroError } from "../../hero/errors";
import { requestFormLink } from "../../hero/form-links";
import { fetchForm } from "../../hero/forms";
import type { HeroConnection } from "../../hero/request";
import { requestVideoLink } from "../../hero/video-links";
import type {
  CreateBookingLinkInput,
  CreateFormLinkInput,
  CreateVideoLinkInput,
} from "../../schemas/links/inputs";
import type { LinkView } from "../../schemas/links/view";
import type { BookingOptions } from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { callHeroForPractice, withHeroSlot } from "../hero-calls/call";
import { fetchFromHero } from "../hero-calls/fetch";
import { loadPracticeWithKey, type PracticeWithKey } from "../practices/load-with-key";
import { getBookingOptions } from "../practices/read";
import { requireAllowedPatient } from "../patients/check";
import { isRefused, readAfterRefusal } from "./reconcile-unknown";
import { recordLinkResult } from "./record-result";
import {
  type BulkUploadOrigin,
  findExistingLink,
  type LinkRequest,
  type NewLinkRow,
  reserveLink,
  toLinkRequest,
} from "./reserve";

/**
 * Creates a booking link, at most once for an operation ID: first a turn with Hero's key, then a pending
 * row, then the one call to Hero, then its result. A repeat gets the same link in its present state. Hero's
 * refusal or silence is no error here: the link comes back as `failed` or `unknown`, with its reason.
 * Both dates of the link are included (assumption 39).
 *
 * @param origin for a row of a bulk upload, which may retry a failure that has passed and whose patient
 *   the caller has checked
 * @throws NotFoundError unless the practice is connected
 * @throws InvalidInputError on `patientId` for a patient who may not be invited
 * @throws PatientNotCheckedError when Hero did not say; nothing is written then
 * @throws InvalidInputError when Hero does not list a selected option
 * @throws OperationIdReusedError when the operation ID was used for something else
 * @throws HeroError when Hero's lists are needed and cannot be read, and `busy` when too many calls wait;
 *   nothing is written then
 */
export async function createBookingLink(
  ctx: TenantContext,
  input: CreateBookingLinkInput,
  origin?: BulkUploadOrigin,
): Promise<LinkView> {
  requirePermission(ctx, "links.create");
  const request = toLinkRequest(input, origin);
  const { existing, practice } = await prepare(ctx, request);
  if (existing) return existing;
  await requireAllowed(ctx, practice, request, input.patientId);
  const row =
    buildBookingRow(practice.bookingOptions, input) ?? (await fetchBookingRow(ctx, input));
  return requestLink(ctx, practice, request, row, (hero) =>
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
  const { existing, practice } = await prepare(ctx, request);
  if (existing) return existing;
  await requireAllowed(ctx, practice, request, input.patientId);
  const row: NewLinkRow = {
    ...linkColumnsOf(input),
    kind: "form",
    formTitle: origin?.formTitle ?? (await fetchFormTitle(ctx, input)),
  };
  return requestLink(ctx, practice, request, row, (hero) =>
    requestFormLink(hero, {
      form_id: input.formId,
      patient_id: input.patientId,
      expiry_date: input.expiresOn,
      maximum_use_count: input.maxUses,
    }),
  );
}

/**
 * Creates a video link for a patient, as `createBookingLink` does. Hero documents only that the operation
 * exists (assumption 18), so a refusal is remembered for the practice.
 */
export async function createVideoLink(
  ctx: TenantContext,
  input: CreateVideoLinkInput,
): Promise<LinkView> {
  requirePermission(ctx, "links.create");
  const request = toLinkRequest(input, undefined);
  const { existing, practice } = await prepare(ctx, request);
  if (existing) return existing;
  await requireAllowed(ctx, practice, request, input.patientId);
  const row: NewLinkRow = { ...linkColumnsOf(input), kind: "video" };
  return requestLink(ctx, practice, request, row, (hero) =>
    requestVideoLink(hero, { patient_id: input.patientId, expiry_date: input.expiresOn }),
  );
}

/**
 * The practice, and the link of an earlier request if there is one. A refused request is read first: it can
 * be sent again only if reading proves that Hero did not create its link.
 */
async function prepare(ctx: TenantContext, request: LinkRequest) {
  const load = () =>
    db.tenant(ctx, async (tx) => {
      const [practice, existing] = await Promise.all([
        loadPracticeWithKey(tx, ctx, request.practiceId),
        findExistingLink(tx, ctx, request),
      ]);
      return { practice, existing };
    });
  const prepared = await load();
  if (!prepared.existing || !isRefused(prepared.existing)) return prepared;
  await readAfterRefusal(ctx, prepared.existing.id);
  return load();
}

/** Checks the patient of a new link. A link for anyone needs no check. */
async function requireAllowed(
  ctx: TenantContext,
  practice: PracticeWithKey,
  { origin }: LinkRequest,
  patientId: string | undefined,
): Promise<void> {
  if (patientId && !origin) await requireAllowedPatient(ctx, practice, patientId, "invite");
}

const createLinkOperation = { name: "createLink", method: "POST" } as const;

/**
 * Waits for a turn, so that nothing is written for a link that cannot be requested yet. After a refusal
 * that proves nothing, Hero is read.
 */
async function requestLink(
  ctx: TenantContext,
  practice: PracticeWithKey,
  request: LinkRequest,
  row: NewLinkRow,
  send: (hero: HeroConnection) => Promise<HeroCreatedLink>,
): Promise<LinkView> {
  const sent = await withHeroSlot(ctx, practice, createLinkOperation, async (limiter, current) => {
    const reservation = await reserveLink(ctx, request, current, row);
    if (reservation.existing) return reservation;
    const outcome = await callHeroForPractice(ctx, current, send, limiter);
    return { ...reservation, practice: current, outcome };
  });
  const link =
    sent.existing ??
    (await recordLinkResult(
      ctx,
      request.operationId,
      { linkId: sent.linkId, practice: sent.practice },
      sent.outcome,
    ));
  return isRefused(link) ? readAfterRefusal(ctx, link.id) : link;
}

function linkColumnsOf<
  Input extends CreateBookingLinkInput | CreateFormLinkInput | CreateVideoLinkInput,
>(input: Input) {
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
    throw new InvalidInputError(
      "appointmentTypeId",
      "The list that Hero returned does not have this appointment type.",
    );
  }
  if (!options.locations.some(({ id }) => id === input.locationId)) {
    throw new InvalidInputError(
      "locationId",
      "The list that Hero returned does not have this location.",
    );
  }
  throw new InvalidInputError(
    "practitionerId",
    "The list that Hero returned does not have this practitioner.",
  );
}

async function fetchFormTitle(ctx: TenantContext, input: CreateFormLinkInput): Promise<string> {
  try {
    const form = await fetchFromHero(ctx, input.practiceId, (hero) =>
      fetchForm(hero, input.formId),
    );
    return form.title;
  } catch (error) {
    if (!(error instanceof HeroError) || error.code !== "not_found") throw error;
    throw new InvalidInputError("formId", "Hero could not find this form.");
  }
}
