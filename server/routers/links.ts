import "server-only";
import { z } from "zod";
import {
  createBookingLinkInput,
  findOperationInput,
  linkIdInput,
  linkPage,
  linkView,
  listLinksInput,
  updateLinkInput,
} from "../schemas/links";
import { closeLink, refreshLink, updateLink } from "../services/links/change";
import { createLink } from "../services/links/create";
import { findOperation, getLink, listLinks } from "../services/links/read";
import { portalProcedure, portalRouter } from "../trpc/procedures";

export const linksRouter = portalRouter({
  list: portalProcedure
    .input(listLinksInput)
    .output(linkPage)
    .query(({ ctx, input }) => listLinks(ctx.ctx, input)),
  get: portalProcedure
    .input(linkIdInput)
    .output(linkView)
    .query(({ ctx, input }) => getLink(ctx.ctx, input)),
  findOperation: portalProcedure
    .input(findOperationInput)
    .output(z.object({ linkId: z.string() }).nullable())
    .query(({ ctx, input }) => findOperation(ctx.ctx, input)),
  create: portalProcedure
    .input(createBookingLinkInput)
    .output(linkView)
    .mutation(({ ctx, input }) => createLink(ctx.ctx, input)),
  update: portalProcedure
    .input(updateLinkInput)
    .output(linkView)
    .mutation(({ ctx, input }) => updateLink(ctx.ctx, input)),
  close: portalProcedure
    .input(linkIdInput)
    .output(linkView)
    .mutation(({ ctx, input }) => closeLink(ctx.ctx, input)),
  refresh: portalProcedure
    .input(linkIdInput)
    .output(linkView)
    .mutation(({ ctx, input }) => refreshLink(ctx.ctx, input)),
});
