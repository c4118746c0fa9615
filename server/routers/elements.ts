import "server-only";
import { z } from "zod";
import {
  acknowledgeScriptInput,
  practiceElements,
  practiceElementsInput,
  watchedScript,
} from "../schemas/elements";
import { acknowledgeScript } from "../services/element-scripts/acknowledge";
import { listWatchedScripts } from "../services/element-scripts/read";
import { readPracticeElements } from "../services/elements/catalogue";
import { portalProcedure, portalRouter } from "../trpc/procedures";

export const elementsRouter = portalRouter({
  ofPractice: portalProcedure
    .input(practiceElementsInput)
    .output(practiceElements)
    .query(({ ctx, input }) => readPracticeElements(ctx.ctx, input)),

  scripts: portalProcedure
    .output(z.array(watchedScript))
    .query(({ ctx }) => listWatchedScripts(ctx.ctx)),

  acknowledgeScript: portalProcedure
    .input(acknowledgeScriptInput)
    .output(z.literal(true))
    .mutation(({ ctx, input }) => acknowledgeScript(ctx.ctx, input)),
});
