import "server-only";
import { z } from "zod";
import { formIdInput, formSummary, formView, listFormsInput } from "../schemas/forms";
import { getForm, listForms } from "../services/forms";
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const formsRouter = createPortalRouter({
  list: procedureFor("links.read")
    .input(listFormsInput)
    .output(z.array(formSummary))
    .query(({ ctx, input }) => listForms(ctx.tenant, input)),
  get: procedureFor("links.read")
    .input(formIdInput)
    .output(formView)
    .query(({ ctx, input }) => getForm(ctx.tenant, input)),
});
