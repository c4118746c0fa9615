import type {
  CountSlotsResponse,
  GetSlotResponse,
  ListSlotsResponse,
  Slot,
} from "@/server/hero/generated";
import { z } from "zod";
import { endOfLondonDayMs, isLocalDate, londonTimestampMs } from "../state/time";
import type { SlotRecord } from "../state/model";
import { findSlot, freeSlots, type SlotFilter } from "../state/slots";
import { idField, listParam, timestampField } from "./fields";
import { defineOperation } from "./operation";
import { paginate } from "./pagination";
import { notFound, parseInput } from "./problem";

export const slotOperations = [
  defineOperation<ListSlotsResponse>({
    operationId: "listSlots",
    method: "GET",
    path: "/v1/slots",
    scope: "booking",
    handle: ({ sandbox, practice, query }) => {
      const page = paginate(freeSlots(sandbox, practice, parseSlotFilter(query)), query);
      return { data: page.data.map(slotView), count: page.count };
    },
  }),
  defineOperation<CountSlotsResponse>({
    operationId: "countSlots",
    method: "GET",
    path: "/v1/slots/count",
    scope: "booking",
    handle: ({ sandbox, practice, query }) => ({
      count: freeSlots(sandbox, practice, parseSlotFilter(query)).length,
    }),
  }),
  defineOperation<GetSlotResponse>({
    operationId: "getSlot",
    method: "GET",
    path: "/v1/slots/{id}",
    scope: "booking",
    handle: ({ sandbox, practice, id }) => {
      const slot = findSlot(sandbox, practice, id);
      if (!slot) throw notFound("Slot");
      return slotView(slot);
    },
  }),
];

const filterInput = z.object({
  appointment_type_id: idField.optional(),
  location_id: z.array(idField),
  practitioner_id: idField.optional(),
  start_date: timestampField.optional(),
  end_date: timestampField.optional(),
});

/** Dates are London's. That both ends are included is a guess. */
function parseSlotFilter(query: URLSearchParams): SlotFilter {
  const input = parseInput(filterInput, {
    appointment_type_id: query.get("appointment_type_id") ?? undefined,
    location_id: listParam(query, "location_id"),
    practitioner_id: query.get("practitioner_id") ?? undefined,
    start_date: query.get("start_date") ?? undefined,
    end_date: query.get("end_date") ?? undefined,
  });
  return {
    appointmentTypeId: input.appointment_type_id,
    locationIds: input.location_id,
    practitionerId: input.practitioner_id,
    fromMs: input.start_date === undefined ? undefined : startMsOf(input.start_date),
    untilMs: input.end_date === undefined ? undefined : endMsOf(input.end_date),
  };
}

function startMsOf(text: string): number {
  return isLocalDate(text) ? londonTimestampMs(text, 0) : Date.parse(text);
}

function endMsOf(text: string): number {
  return isLocalDate(text) ? endOfLondonDayMs(text) + 1 : Date.parse(text);
}

function slotView(slot: SlotRecord): Slot {
  return {
    id: slot.id,
    practitioner_id: slot.practitionerId,
    appointment_type_id: slot.appointmentTypeId,
    location_id: slot.locationId,
    start_time: new Date(slot.startAtMs).toISOString(),
    finish_time: new Date(slot.finishAtMs).toISOString(),
  };
}
