import "server-only";
import { z } from "zod";
import { formIdInput, formSummary, formView, listFormsInput } from "../schemas/forms";
import { getForm, listForms } from "../services/forms";
import { portalProcedure, portalRouter } from "../trpc/procedures";

export const formsRouter = portalRouter({
  list: portalProcedure
    .input(listFormsInput)
    .output(z.array(formSummary))
    .query(({ ctx, input }) => listForms(ctx.ctx, input)),
  get: portalProcedure
    .input(formIdInput)
    .output(formView)
    .query(({ ctx, input }) => getForm(ctx.ctx, input)),
});
