import "server-only";
import { z } from "zod";
import {
  changedLinks,
  changeLinksInput,
  createBookingLinkInput,
  createFormLinkInput,
  findOperationInput,
  linkEvent,
  linkFacets,
  linkIdInput,
  linkPage,
  linkSavedView,
  linkView,
  linkViewIdInput,
  listLinksInput,
  saveLinkViewInput,
  settleLinkInput,
  updateLinkInput,
} from "../schemas/links";
import { closeLink, updateLink } from "../services/links/change";
import { changeLinks } from "../services/links/change-many";
import { createFormLink, createLink } from "../services/links/create";
import { listFacets } from "../services/links/facets";
import { listLinkHistory } from "../services/links/history";
import { findOperation, getLink, listLinks } from "../services/links/read";
import { refreshLink } from "../services/links/refresh";
import { deleteLinkView, listSavedViews, saveLinkView } from "../services/links/saved-views";
import { settleLink } from "../services/links/settle";
import { settleLinkByReading } from "../services/links/settle-by-reading";
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
  createForm: portalProcedure
    .input(createFormLinkInput)
    .output(linkView)
    .mutation(({ ctx, input }) => createFormLink(ctx.ctx, input)),
  facets: portalProcedure.output(linkFacets).query(({ ctx }) => listFacets(ctx.ctx)),
  history: portalProcedure
    .input(linkIdInput)
    .output(z.array(linkEvent))
    .query(({ ctx, input }) => listLinkHistory(ctx.ctx, input)),
  savedViews: portalProcedure
    .output(z.array(linkSavedView))
    .query(({ ctx }) => listSavedViews(ctx.ctx)),
  saveView: portalProcedure
    .input(saveLinkViewInput)
    .output(linkSavedView)
    .mutation(({ ctx, input }) => saveLinkView(ctx.ctx, input)),
  deleteView: portalProcedure
    .input(linkViewIdInput)
    .output(z.literal(true))
    .mutation(({ ctx, input }) => deleteLinkView(ctx.ctx, input)),
  change: portalProcedure
    .input(changeLinksInput)
    .output(changedLinks)
    .mutation(({ ctx, input }) => changeLinks(ctx.ctx, input)),
  settle: portalProcedure
    .input(settleLinkInput)
    .output(linkView)
    .mutation(({ ctx, input }) => settleLink(ctx.ctx, input)),
  settleByReading: portalProcedure
    .input(linkIdInput)
    .output(linkView)
    .mutation(({ ctx, input }) => settleLinkByReading(ctx.ctx, input)),
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
