import type {
  CountSlotsResponse,
  GetSlotResponse,
  ListSlotsResponse,
  Slot,
} from "@/server/hero/generated";
import { z } from "zod";
import { endOfLondonDay, isCalendarDate, londonMoment } from "../london";
import type { SlotRecord } from "../state/model";
import { findSlot, freeSlots, type SlotFilter } from "../state/slots";
import { idField, listOf, momentField } from "./fields";
import { operation } from "./operation";
import { pageOf } from "./paging";
import { notFound, parsed } from "./problem";

export const slotOperations = [
  operation<ListSlotsResponse>({
    operationId: "listSlots",
    method: "GET",
    path: "/v1/slots",
    scope: "booking",
    answer: ({ world, practice, query }) => {
      const page = pageOf(freeSlots(world, practice, filterFrom(query)), query);
      return { data: page.data.map(slotView), count: page.count };
    },
  }),
  operation<CountSlotsResponse>({
    operationId: "countSlots",
    method: "GET",
    path: "/v1/slots/count",
    scope: "booking",
    answer: ({ world, practice, query }) => ({
      count: freeSlots(world, practice, filterFrom(query)).length,
    }),
  }),
  operation<GetSlotResponse>({
    operationId: "getSlot",
    method: "GET",
    path: "/v1/slots/{id}",
    scope: "booking",
    answer: ({ world, practice, id }) => {
      const slot = findSlot(world, practice, id);
      if (!slot) throw notFound("Slot");
      return slotView(slot);
    },
  }),
];

const filterInput = z.object({
  appointment_type_id: idField.optional(),
  location_id: z.array(idField),
  practitioner_id: idField.optional(),
  start_date: momentField.optional(),
  end_date: momentField.optional(),
});

/** Bare days are London's, both ends included; that the window is closed is a guess. */
function filterFrom(query: URLSearchParams): SlotFilter {
  const input = parsed(filterInput, {
    appointment_type_id: query.get("appointment_type_id") ?? undefined,
    location_id: listOf(query, "location_id"),
    practitioner_id: query.get("practitioner_id") ?? undefined,
    start_date: query.get("start_date") ?? undefined,
    end_date: query.get("end_date") ?? undefined,
  });
  return {
    typeId: input.appointment_type_id,
    locationIds: input.location_id,
    practitionerId: input.practitioner_id,
    fromMs: input.start_date === undefined ? undefined : startOf(input.start_date),
    untilMs: input.end_date === undefined ? undefined : endOf(input.end_date),
  };
}

function startOf(text: string): number {
  return isCalendarDate(text) ? londonMoment(text, 0) : Date.parse(text);
}

function endOf(text: string): number {
  return isCalendarDate(text) ? endOfLondonDay(text) + 1 : Date.parse(text);
}

function slotView(slot: SlotRecord): Slot {
  return {
    id: slot.id,
    practitioner_id: slot.practitionerId,
    appointment_type_id: slot.typeId,
    location_id: slot.locationId,
    start_time: new Date(slot.startAtMs).toISOString(),
    finish_time: new Date(slot.finishAtMs).toISOString(),
  };
}
