import "server-only";
import { z } from "zod";
import {
  acknowledgeScriptInput,
  practiceElements,
  practiceElementsInput,
  monitoredScript,
} from "../schemas/elements";
import { acknowledgeScript } from "../services/element-scripts/acknowledge";
import { listMonitoredScripts } from "../services/element-scripts/read";
import { listPracticeElements } from "../services/elements/practice-elements";
import { portalProcedure, createPortalRouter } from "../trpc/procedures";

export const elementsRouter = createPortalRouter({
  listForPractice: portalProcedure
    .input(practiceElementsInput)
    .output(practiceElements)
    .query(({ ctx, input }) => listPracticeElements(ctx.tenant, input)),

  listScripts: portalProcedure
    .output(z.array(monitoredScript))
    .query(({ ctx }) => listMonitoredScripts(ctx.tenant)),

  acknowledgeScript: portalProcedure
    .input(acknowledgeScriptInput)
    .output(z.literal(true))
    .mutation(({ ctx, input }) => acknowledgeScript(ctx.tenant, input)),
});
