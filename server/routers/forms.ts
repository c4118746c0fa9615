import "server-only";
import { z } from "zod";
import { formIdInput, formSummary, formView, listFormsInput } from "../schemas/forms";
import { getForm, listForms } from "../services/forms";
import { portalProcedure, createPortalRouter } from "../trpc/procedures";

export const formsRouter = createPortalRouter({
  list: portalProcedure
    .input(listFormsInput)
    .output(z.array(formSummary))
    .query(({ ctx, input }) => listForms(ctx.tenant, input)),
  get: portalProcedure
    .input(formIdInput)
    .output(formView)
    .query(({ ctx, input }) => getForm(ctx.tenant, input)),
});
