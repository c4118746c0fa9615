import type {
  BookingLink,
  CreateBookingLinkResponse,
  GetBookingLinkResponse,
  ListBookingLinksResponse,
  UpdateBookingLinkResponse,
} from "@/server/hero/generated";
import { z } from "zod";
import { endOfLondonDayMs, londonDate } from "../state/time";
import { createLink, linkState, linkUrl } from "../state/links";
import type { LinkRecord, Practice } from "../state/model";
import { findPatientOfPractice } from "../state/patients";
import type { SandboxState } from "../state/sandbox-state";
import { localDateField, idField } from "./fields";
import { type OperationCall, defineOperation } from "./operation";
import { paginate } from "./pagination";
import { invalidField, notFound, parseInput } from "./problem";

const createInput = z.object({
  appointment_type_id: idField,
  location_id: idField,
  practitioner_id: idField.optional(),
  patient_id: idField.optional(),
  from_date: localDateField.optional(),
  to_date: localDateField.optional(),
  expiry_date: localDateField.optional(),
  maximum_use_count: z.int().min(1, "at least 1").optional(),
});

/** Allows a past expiry date, which closes the link. */
const updateInput = z.object({
  appointment_type_id: idField.optional(),
  location_id: idField.optional(),
  practitioner_id: idField.optional(),
  from_date: localDateField.optional(),
  to_date: localDateField.optional(),
  expiry_date: localDateField.optional(),
  maximum_use_count: z.int().min(0, "at least 0").optional(),
});

export const bookingLinkOperations = [
  defineOperation<CreateBookingLinkResponse>({
    operationId: "createBookingLink",
    method: "POST",
    path: "/v1/booking_links",
    scope: "booking_links",
    handle: ({ sandbox, practice, keySuffix, body }) => {
      const input = parseInput(createInput, body);
      requireReferences(sandbox, practice, input);
      requireDateOrder(input.from_date, input.to_date);
      if (input.expiry_date && input.expiry_date < londonDate(sandbox.clock.nowMs())) {
        throw invalidField(["expiry_date"], "too_small", "a date not in the past");
      }
      const link = createLink(sandbox, {
        kind: "booking",
        practiceGroupId: practice.practiceGroupId,
        keySuffix,
        appointmentTypeId: input.appointment_type_id,
        locationId: input.location_id,
        practitionerId: input.practitioner_id ?? null,
        formId: null,
        patientId: input.patient_id ?? null,
        slotsFrom: input.from_date ?? null,
        slotsTo: input.to_date ?? null,
        expiresOn: input.expiry_date ?? null,
        maxUses: input.maximum_use_count ?? null,
      });
      return { booking_link: linkUrl(sandbox, link), id: link.id };
    },
  }),
  defineOperation<GetBookingLinkResponse>({
    operationId: "getBookingLink",
    method: "GET",
    path: "/v1/booking_links/{id}",
    scope: "booking_links",
    handle: (call) => bookingLinkView(call.sandbox, getBookingLink(call)),
  }),
  defineOperation<UpdateBookingLinkResponse>({
    operationId: "updateBookingLink",
    method: "PATCH",
    path: "/v1/booking_links/{id}",
    scope: "booking_links",
    handle: (call) => {
      const link = getBookingLink(call);
      const input = parseInput(updateInput, call.body);
      requireReferences(call.sandbox, call.practice, input);
      requireDateOrder(input.from_date ?? link.slotsFrom, input.to_date ?? link.slotsTo);
      link.appointmentTypeId = input.appointment_type_id ?? link.appointmentTypeId;
      link.locationId = input.location_id ?? link.locationId;
      link.practitionerId = input.practitioner_id ?? link.practitionerId;
      link.slotsFrom = input.from_date ?? link.slotsFrom;
      link.slotsTo = input.to_date ?? link.slotsTo;
      link.expiresOn = input.expiry_date ?? link.expiresOn;
      link.maxUses = input.maximum_use_count ?? link.maxUses;
      return { ...bookingLinkView(call.sandbox, link) };
    },
  }),
  defineOperation<ListBookingLinksResponse>({
    operationId: "listBookingLinks",
    method: "GET",
    path: "/v2/bookinglinks",
    scope: "booking_links",
    handle: ({ sandbox, practice, query }) => {
      const links = [...sandbox.links.values()]
        .filter(
          (link) => link.kind === "booking" && link.practiceGroupId === practice.practiceGroupId,
        )
        .reverse();
      const page = paginate(links, query);
      return { data: page.data.map((link) => bookingLinkView(sandbox, link)), count: page.count };
    },
  }),
];

/** A link of another practice is not found, like an unknown id. */
function getBookingLink({ sandbox, practice, id }: OperationCall): LinkRecord {
  const link = sandbox.links.get(id);
  if (link?.kind !== "booking" || link.practiceGroupId !== practice.practiceGroupId) {
    throw notFound("Booking link");
  }
  return link;
}

function requireReferences(
  sandbox: SandboxState,
  practice: Practice,
  input: {
    appointment_type_id?: string;
    location_id?: string;
    practitioner_id?: string;
    patient_id?: string;
  },
): void {
  const exists = (id: string | undefined, records: { id: string }[]) =>
    id === undefined || records.some((record) => record.id === id);
  if (!exists(input.appointment_type_id, practice.appointmentTypes))
    throw notFound("Appointment type");
  if (!exists(input.location_id, practice.locations)) throw notFound("Location");
  if (!exists(input.practitioner_id, practice.practitioners)) throw notFound("Practitioner");
  if (input.patient_id && !findPatientOfPractice(sandbox, practice, input.patient_id)) {
    throw notFound("Patient");
  }
}

function requireDateOrder(from?: string | null, to?: string | null): void {
  if (from && to && from > to) {
    throw invalidField(["to_date"], "too_small", "a date on or after from_date");
  }
}

function bookingLinkView(sandbox: SandboxState, link: LinkRecord): BookingLink {
  const toList = (id: string | null) => (id ? [id] : []);
  return {
    id: link.id,
    practice_group_id: link.practiceGroupId,
    short_link: linkUrl(sandbox, link),
    active: linkState(link, sandbox.clock.nowMs()) === "live",
    expiry_date: link.expiresOn
      ? new Date(endOfLondonDayMs(link.expiresOn)).toISOString()
      : undefined,
    maximum_uses: link.maxUses ?? undefined,
    number_of_uses: link.uses,
    open_count: link.opens,
    unlimited_use: link.maxUses === null,
    meta: {
      appointment_type_id: toList(link.appointmentTypeId),
      location_id: toList(link.locationId),
      practitioner_id: toList(link.practitionerId),
    },
  };
}
