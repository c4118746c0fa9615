import "server-only";
import { countSlotsInput, slotCount } from "../schemas/slots";
import { countSlots } from "../services/slots";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const slotsRouter = createPortalRouter({
  count: procedureFor("links.create")
    .input(countSlotsInput)
    .output(slotCount)
    .query(({ ctx, input }) => countSlots(ctx.tenant, input)),
});
