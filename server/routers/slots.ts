import "server-only";
import { countSlotsInput, slotCount } from "../schemas/slots";
import { countSlots } from "../services/slots";
import { portalProcedure, createPortalRouter } from "../trpc/procedures";

export const slotsRouter = createPortalRouter({
  count: portalProcedure
    .input(countSlotsInput)
    .output(slotCount)
    .query(({ ctx, input }) => countSlots(ctx.tenant, input)),
});
