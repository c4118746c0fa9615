import "server-only";
import { z } from "zod";
import {
  updateLinksInput,
  createBookingLinkInput,
  createFormLinkInput,
  findLinkByOperationInput,
  linkIdInput,
  resolveLinkInput,
  updateLinkInput,
} from "../schemas/links/inputs";
import {
  dailyLinkCount,
  dailyLinkCountsInput,
  linkCount,
  linkFilters,
  linkFilterOptions,
  linkSelection,
  linkPage,
  savedLinkView,
  savedLinkViewIdInput,
  listLinksInput,
  saveLinkViewInput,
} from "../schemas/links/list";
import { updatedLinks, linkEvent, linkView } from "../schemas/links/view";
import { closeLink, updateLink } from "../services/links/update";
import { updateLinks } from "../services/links/update-many";
import { createFormLink, createBookingLink } from "../services/links/create";
import { countLinksByDay } from "../services/links/daily-counts";
import { listFilterOptions } from "../services/links/filter-options";
import { listLinkHistory } from "../services/links/history";
import {
  countLinks,
  findLinkByOperation,
  getLink,
  listLinks,
  selectMatchingLinks,
} from "../services/links/read";
import { refreshLink } from "../services/links/refresh";
import { deleteSavedView, listSavedViews, upsertSavedView } from "../services/links/saved-views";
import { resolveLink } from "../services/links/resolve-unknown";
import { reconcileLink } from "../services/links/reconcile-unknown";
import { portalProcedure, createPortalRouter } from "../trpc/procedures";

export const linksRouter = createPortalRouter({
  list: portalProcedure
    .input(listLinksInput)
    .output(linkPage)
    .query(({ ctx, input }) => listLinks(ctx.tenant, input)),
  count: portalProcedure
    .input(linkFilters)
    .output(linkCount)
    .query(({ ctx, input }) => countLinks(ctx.tenant, input)),
  countByDay: portalProcedure
    .input(dailyLinkCountsInput)
    .output(z.array(dailyLinkCount))
    .query(({ ctx, input }) => countLinksByDay(ctx.tenant, input)),
  selectMatching: portalProcedure
    .input(linkFilters)
    .output(linkSelection)
    .query(({ ctx, input }) => selectMatchingLinks(ctx.tenant, input)),
  get: portalProcedure
    .input(linkIdInput)
    .output(linkView)
    .query(({ ctx, input }) => getLink(ctx.tenant, input)),
  findByOperation: portalProcedure
    .input(findLinkByOperationInput)
    .output(z.object({ linkId: z.string() }).nullable())
    .query(({ ctx, input }) => findLinkByOperation(ctx.tenant, input)),
  create: portalProcedure
    .input(createBookingLinkInput)
    .output(linkView)
    .mutation(({ ctx, input }) => createBookingLink(ctx.tenant, input)),
  createForm: portalProcedure
    .input(createFormLinkInput)
    .output(linkView)
    .mutation(({ ctx, input }) => createFormLink(ctx.tenant, input)),
  filterOptions: portalProcedure
    .output(linkFilterOptions)
    .query(({ ctx }) => listFilterOptions(ctx.tenant)),
  history: portalProcedure
    .input(linkIdInput)
    .output(z.array(linkEvent))
    .query(({ ctx, input }) => listLinkHistory(ctx.tenant, input)),
  listViews: portalProcedure
    .output(z.array(savedLinkView))
    .query(({ ctx }) => listSavedViews(ctx.tenant)),
  saveView: portalProcedure
    .input(saveLinkViewInput)
    .output(savedLinkView)
    .mutation(({ ctx, input }) => upsertSavedView(ctx.tenant, input)),
  deleteView: portalProcedure
    .input(savedLinkViewIdInput)
    .output(z.literal(true))
    .mutation(({ ctx, input }) => deleteSavedView(ctx.tenant, input)),
  updateMany: portalProcedure
    .input(updateLinksInput)
    .output(updatedLinks)
    .mutation(({ ctx, input }) => updateLinks(ctx.tenant, input)),
  resolve: portalProcedure
    .input(resolveLinkInput)
    .output(linkView)
    .mutation(({ ctx, input }) => resolveLink(ctx.tenant, input)),
  reconcile: portalProcedure
    .input(linkIdInput)
    .output(linkView)
    .mutation(({ ctx, input }) => reconcileLink(ctx.tenant, input)),
  update: portalProcedure
    .input(updateLinkInput)
    .output(linkView)
    .mutation(({ ctx, input }) => updateLink(ctx.tenant, input)),
  close: portalProcedure
    .input(linkIdInput)
    .output(linkView)
    .mutation(({ ctx, input }) => closeLink(ctx.tenant, input)),
  refresh: portalProcedure
    .input(linkIdInput)
    .output(linkView)
    .mutation(({ ctx, input }) => refreshLink(ctx.tenant, input)),
});
