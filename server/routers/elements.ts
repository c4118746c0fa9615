import "server-only";
import { practiceElements, practiceElementsInput } from "../schemas/elements";
import { readPracticeElements } from "../services/elements/catalogue";
import { portalProcedure, portalRouter } from "../trpc/procedures";

export const elementsRouter = portalRouter({
  ofPractice: portalProcedure
    .input(practiceElementsInput)
    .output(practiceElements)
    .query(({ ctx, input }) => readPracticeElements(ctx.ctx, input)),
});
