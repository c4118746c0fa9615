import type {
  AppointmentType,
  GetPractitionerResponse,
  ListAppointmentTypesResponse,
  ListLocationsResponse,
  ListPractitionersResponse,
  Practitioner,
} from "@/server/hero/generated";
import type { Clinician, SlotRecord, VisitType } from "../state/model";
import { freeSlots } from "../state/slots";
import { listOf } from "./fields";
import { operation } from "./operation";
import { everything, flagOf } from "./paging";
import { notFound } from "./problem";

export const referenceOperations = [
  operation<ListAppointmentTypesResponse>({
    operationId: "listAppointmentTypes",
    method: "GET",
    path: "/v1/appointment_types",
    scope: null,
    answer: ({ world, practice, query }) => {
      const locationIds = listOf(query, "location_ids");
      const hasAvailability = flagOf(query, "has_availability");
      const free = freeSlots(world, practice, { locationIds });
      const offered = practice.types.filter((type) =>
        practice.clinicians.some(
          (clinician) =>
            clinician.typeIds.includes(type.id) && worksAtOneOf(clinician, locationIds),
        ),
      );
      const views = offered.map((type) =>
        typeView(
          type,
          free.filter((slot) => slot.typeId === type.id),
        ),
      );
      return everything(
        views.filter(
          (view) => hasAvailability === undefined || view.slot_count > 0 === hasAvailability,
        ),
      );
    },
  }),
  operation<ListLocationsResponse>({
    operationId: "listLocations",
    method: "GET",
    path: "/v1/locations",
    scope: null,
    answer: ({ practice }) =>
      everything(
        practice.places.map((place) => ({
          id: place.id,
          name: place.name,
          address: { ...place.address, country: "United Kingdom" },
        })),
      ),
  }),
  operation<ListPractitionersResponse>({
    operationId: "listPractitioners",
    method: "GET",
    path: "/v1/practitioners",
    scope: null,
    answer: ({ world, practice, query }) => {
      const locationIds = listOf(query, "location_ids");
      const typeIds = listOf(query, "appointment_type_ids");
      const hasAvailability = flagOf(query, "has_availability");
      const free = freeSlots(world, practice, { locationIds }).filter(
        (slot) => typeIds.length === 0 || typeIds.includes(slot.typeId),
      );
      const busyIds = new Set(free.map((slot) => slot.practitionerId));
      return everything(
        practice.clinicians
          .filter(
            (clinician) =>
              worksAtOneOf(clinician, locationIds) &&
              (typeIds.length === 0 || typeIds.some((id) => clinician.typeIds.includes(id))) &&
              (hasAvailability === undefined || busyIds.has(clinician.id) === hasAvailability),
          )
          .map(practitionerView),
      );
    },
  }),
  operation<GetPractitionerResponse>({
    operationId: "getPractitioner",
    method: "GET",
    path: "/v1/practitioners/{id}",
    scope: null,
    answer: ({ practice, id }) => {
      const clinician = practice.clinicians.find((one) => one.id === id);
      if (!clinician) throw notFound("Practitioner");
      return practitionerView(clinician);
    },
  }),
];

function worksAtOneOf(clinician: Clinician, locationIds: string[]): boolean {
  return (
    locationIds.length === 0 ||
    clinician.sessions.some((session) => locationIds.includes(session.locationId))
  );
}

function typeView(type: VisitType, free: SlotRecord[]): AppointmentType {
  const [next] = free;
  return {
    id: type.id,
    name: type.name,
    partner_slot_name: `Online – ${type.name}`,
    next_available_at: next ? new Date(next.startAtMs).toISOString() : null,
    slot_count: free.length,
    price: type.price,
    assignee_id: null,
    assignee_type: null,
    sector: type.sector,
    duration: type.durationMinutes,
    video: type.video,
    in_person: type.inPerson,
    telephone: type.telephone,
    use_partner_bookable_slots: true,
    admin_booking_invoice_required: type.sector === "paid",
    form_id: type.formId,
    practitioner_type: type.practitionerType,
  };
}

function practitionerView(clinician: Clinician): Practitioner {
  return {
    id: clinician.id,
    title: clinician.title,
    first_name: clinician.firstName,
    last_name: clinician.lastName,
    practitioner_type: clinician.practitionerType,
  };
}
