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
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const elementsRouter = createPortalRouter({
  listForPractice: procedureFor("elements.read")
    .input(practiceElementsInput)
    .output(practiceElements)
    .query(({ ctx, input }) => listPracticeElements(ctx.tenant, input)),

  listScripts: procedureFor("elements.read")
    .output(z.array(monitoredScript))
    .query(({ ctx }) => listMonitoredScripts(ctx.tenant)),

  acknowledgeScript: procedureFor("elements.manage")
    .input(acknowledgeScriptInput)
    .output(z.literal(true))
    .mutation(({ ctx, input }) => acknowledgeScript(ctx.tenant, input)),
});
