import "server-only";
import {
  countSlotsInput,
  findNextSlotInput,
  listSlotsInput,
  nextSlot,
  slotCount,
  slotList,
} from "../schemas/slots";
import { countSlots, findNextSlot, listFreeSlots } from "../services/slots";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const slotsRouter = createPortalRouter({
  count: procedureFor("links.create")
    .input(countSlotsInput)
    .output(slotCount)
    .query(({ ctx, input }) => countSlots(ctx.tenant, input)),
  list: procedureFor("appointments.book")
    .input(listSlotsInput)
    .output(slotList)
    .query(({ ctx, input }) => listFreeSlots(ctx.tenant, input)),
  next: procedureFor("appointments.book")
    .input(findNextSlotInput)
    .output(nextSlot)
    .query(({ ctx, input }) => findNextSlot(ctx.tenant, input)),
});
