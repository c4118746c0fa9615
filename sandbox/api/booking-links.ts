import type {
  BookingLink,
  CreateBookingLinkResponse,
  GetBookingLinkResponse,
  ListBookingLinksResponse,
  UpdateBookingLinkResponse,
} from "@/server/hero/generated";
import { z } from "zod";
import { endOfLondonDay, londonDate } from "../london";
import { addLink, linkState, linkUrl } from "../state/links";
import type { LinkRecord, Practice } from "../state/model";
import { findPatientOfPractice } from "../state/patients";
import type { World } from "../state/world";
import { dateField, idField } from "./fields";
import { type Call, operation } from "./operation";
import { pageOf } from "./paging";
import { invalid, notFound, parsed } from "./problem";

const createInput = z.object({
  appointment_type_id: idField,
  location_id: idField,
  practitioner_id: idField.optional(),
  patient_id: idField.optional(),
  from_date: dateField.optional(),
  to_date: dateField.optional(),
  expiry_date: dateField.optional(),
  maximum_use_count: z.int().min(1, "at least 1").optional(),
});

/** A past expiry date is allowed here: it is how a link is closed. */
const updateInput = z.object({
  appointment_type_id: idField.optional(),
  location_id: idField.optional(),
  practitioner_id: idField.optional(),
  from_date: dateField.optional(),
  to_date: dateField.optional(),
  expiry_date: dateField.optional(),
  maximum_use_count: z.int().min(0, "at least 0").optional(),
});

export const bookingLinkOperations = [
  operation<CreateBookingLinkResponse>({
    operationId: "createBookingLink",
    method: "POST",
    path: "/v1/booking_links",
    scope: "booking_links",
    answer: ({ world, practice, body }) => {
      const input = parsed(createInput, body);
      checkReferences(world, practice, input);
      checkWindow(input.from_date, input.to_date);
      if (input.expiry_date && input.expiry_date < londonDate(world.clock.nowMs())) {
        throw invalid(["expiry_date"], "too_small", "a date not in the past");
      }
      const link = addLink(world, {
        kind: "booking",
        groupId: practice.groupId,
        typeId: input.appointment_type_id,
        locationId: input.location_id,
        practitionerId: input.practitioner_id ?? null,
        formId: null,
        patientId: input.patient_id ?? null,
        fromOn: input.from_date ?? null,
        toOn: input.to_date ?? null,
        expiresOn: input.expiry_date ?? null,
        maximumUses: input.maximum_use_count ?? null,
      });
      return { booking_link: linkUrl(world, link), id: link.id };
    },
  }),
  operation<GetBookingLinkResponse>({
    operationId: "getBookingLink",
    method: "GET",
    path: "/v1/booking_links/{id}",
    scope: "booking_links",
    answer: (call) => linkView(call.world, findBookingLink(call)),
  }),
  operation<UpdateBookingLinkResponse>({
    operationId: "updateBookingLink",
    method: "PATCH",
    path: "/v1/booking_links/{id}",
    scope: "booking_links",
    answer: (call) => {
      const link = findBookingLink(call);
      const input = parsed(updateInput, call.body);
      checkReferences(call.world, call.practice, input);
      checkWindow(input.from_date ?? link.fromOn, input.to_date ?? link.toOn);
      link.typeId = input.appointment_type_id ?? link.typeId;
      link.locationId = input.location_id ?? link.locationId;
      link.practitionerId = input.practitioner_id ?? link.practitionerId;
      link.fromOn = input.from_date ?? link.fromOn;
      link.toOn = input.to_date ?? link.toOn;
      link.expiresOn = input.expiry_date ?? link.expiresOn;
      link.maximumUses = input.maximum_use_count ?? link.maximumUses;
      return { ...linkView(call.world, link) };
    },
  }),
  operation<ListBookingLinksResponse>({
    operationId: "listBookingLinks",
    method: "GET",
    path: "/v2/bookinglinks",
    scope: "booking_links",
    answer: ({ world, practice, query }) => {
      const links = [...world.links.values()]
        .filter((link) => link.kind === "booking" && link.groupId === practice.groupId)
        .reverse();
      const page = pageOf(links, query);
      return { data: page.data.map((link) => linkView(world, link)), count: page.count };
    },
  }),
];

/** A neighbour's link is as absent as one that never was. */
function findBookingLink({ world, practice, id }: Call): LinkRecord {
  const link = world.links.get(id);
  if (link?.kind !== "booking" || link.groupId !== practice.groupId) {
    throw notFound("Booking link");
  }
  return link;
}

function checkReferences(
  world: World,
  practice: Practice,
  input: {
    appointment_type_id?: string;
    location_id?: string;
    practitioner_id?: string;
    patient_id?: string;
  },
): void {
  const isKnown = (id: string | undefined, known: { id: string }[]) =>
    id === undefined || known.some((one) => one.id === id);
  if (!isKnown(input.appointment_type_id, practice.types)) throw notFound("Appointment type");
  if (!isKnown(input.location_id, practice.places)) throw notFound("Location");
  if (!isKnown(input.practitioner_id, practice.clinicians)) throw notFound("Practitioner");
  if (input.patient_id && !findPatientOfPractice(world, practice, input.patient_id)) {
    throw notFound("Patient");
  }
}

function checkWindow(from?: string | null, to?: string | null): void {
  if (from && to && from > to) {
    throw invalid(["to_date"], "too_small", "a date on or after from_date");
  }
}

function linkView(world: World, link: LinkRecord): BookingLink {
  const one = (id: string | null) => (id ? [id] : []);
  return {
    id: link.id,
    practice_group_id: link.groupId,
    short_link: linkUrl(world, link),
    active: linkState(link, world.clock.nowMs()) === "live",
    expiry_date: link.expiresOn
      ? new Date(endOfLondonDay(link.expiresOn)).toISOString()
      : undefined,
    maximum_uses: link.maximumUses ?? undefined,
    number_of_uses: link.uses,
    open_count: link.opens,
    unlimited_use: link.maximumUses === null,
    meta: {
      appointment_type_id: one(link.typeId),
      location_id: one(link.locationId),
      practitioner_id: one(link.practitionerId),
    },
  };
}
