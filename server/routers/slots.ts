import "server-only";
import { countSlotsInput, slotCount } from "../schemas/slots";
import { countSlots } from "../services/slots";
import { portalProcedure, portalRouter } from "../trpc/procedures";

export const slotsRouter = portalRouter({
  count: portalProcedure
    .input(countSlotsInput)
    .output(slotCount)
    .query(({ ctx, input }) => countSlots(ctx.ctx, input)),
});
