import type {
  AppointmentType,
  GetPractitionerResponse,
  ListAppointmentTypesResponse,
  ListLocationsResponse,
  ListPractitionersResponse,
  Practitioner,
} from "@/server/hero/generated";
import type { PractitionerRecord, SlotRecord, AppointmentTypeRecord } from "../state/model";
import { freeSlots } from "../state/slots";
import { listParam } from "./fields";
import { defineOperation } from "./operation";
import { listResponse, booleanParam } from "./pagination";
import { notFound } from "./problem";

export const referenceOperations = [
  defineOperation<ListAppointmentTypesResponse>({
    operationId: "listAppointmentTypes",
    method: "GET",
    path: "/v1/appointment_types",
    scope: null,
    handle: ({ sandbox, practice, query }) => {
      const locationIds = listParam(query, "location_ids");
      const hasAvailability = booleanParam(query, "has_availability");
      const free = freeSlots(sandbox, practice, { locationIds });
      const offeredTypes = practice.appointmentTypes.filter((type) =>
        practice.practitioners.some(
          (practitioner) =>
            practitioner.appointmentTypeIds.includes(type.id) &&
            hasSessionAt(practitioner, locationIds),
        ),
      );
      const views = offeredTypes.map((type) =>
        appointmentTypeView(
          type,
          free.filter((slot) => slot.appointmentTypeId === type.id),
        ),
      );
      return listResponse(
        views.filter(
          (view) => hasAvailability === undefined || view.slot_count > 0 === hasAvailability,
        ),
      );
    },
  }),
  defineOperation<ListLocationsResponse>({
    operationId: "listLocations",
    method: "GET",
    path: "/v1/locations",
    scope: null,
    handle: ({ practice }) =>
      listResponse(
        practice.locations.map((location) => ({
          id: location.id,
          name: location.name,
          address: { ...location.address, country: "United Kingdom" },
        })),
      ),
  }),
  defineOperation<ListPractitionersResponse>({
    operationId: "listPractitioners",
    method: "GET",
    path: "/v1/practitioners",
    scope: null,
    handle: ({ sandbox, practice, query }) => {
      const locationIds = listParam(query, "location_ids");
      const typeIds = listParam(query, "appointment_type_ids");
      const hasAvailability = booleanParam(query, "has_availability");
      const free = freeSlots(sandbox, practice, { locationIds }).filter(
        (slot) => typeIds.length === 0 || typeIds.includes(slot.appointmentTypeId),
      );
      const availableIds = new Set(free.map((slot) => slot.practitionerId));
      return listResponse(
        practice.practitioners
          .filter(
            (practitioner) =>
              hasSessionAt(practitioner, locationIds) &&
              (typeIds.length === 0 ||
                typeIds.some((id) => practitioner.appointmentTypeIds.includes(id))) &&
              (hasAvailability === undefined ||
                availableIds.has(practitioner.id) === hasAvailability),
          )
          .map(practitionerView),
      );
    },
  }),
  defineOperation<GetPractitionerResponse>({
    operationId: "getPractitioner",
    method: "GET",
    path: "/v1/practitioners/{id}",
    scope: null,
    handle: ({ practice, id }) => {
      const practitioner = practice.practitioners.find((item) => item.id === id);
      if (!practitioner) throw notFound("Practitioner");
      return practitionerView(practitioner);
    },
  }),
];

function hasSessionAt(practitioner: PractitionerRecord, locationIds: string[]): boolean {
  return (
    locationIds.length === 0 ||
    practitioner.sessions.some((session) => locationIds.includes(session.locationId))
  );
}

function appointmentTypeView(type: AppointmentTypeRecord, free: SlotRecord[]): AppointmentType {
  const [nextSlot] = free;
  return {
    id: type.id,
    name: type.name,
    partner_slot_name: `Online – ${type.name}`,
    next_available_at: nextSlot ? new Date(nextSlot.startAtMs).toISOString() : null,
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

function practitionerView(practitioner: PractitionerRecord): Practitioner {
  return {
    id: practitioner.id,
    title: practitioner.title,
    first_name: practitioner.firstName,
    last_name: practitioner.lastName,
    practitioner_type: practitioner.practitionerType,
  };
}
