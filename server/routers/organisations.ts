import "server-only";
import { z } from "zod";
import { organisationView } from "../schemas/organisations";
import { listMyOrganisations } from "../services/organisations";
import { createPortalRouter, portalProcedure } from "../trpc/procedures";

export const organisationsRouter = createPortalRouter({
  list: portalProcedure
    .output(z.array(organisationView))
    .query(({ ctx }) => listMyOrganisations(ctx.tenant)),
});
