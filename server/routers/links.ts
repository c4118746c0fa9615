import "server-only";
import { z } from "zod";
import {
  updateLinksInput,
  createBookingLinkInput,
  createFormLinkInput,
  createVideoLinkInput,
  findLinkByOperationInput,
  linkIdInput,
  resolveLinkInput,
  updateLinkInput,
} from "../schemas/links/inputs";
import {
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
import { linkAppointment, updatedLinks, linkEvent, linkView } from "../schemas/links/view";
import { listLinkAppointments } from "../services/links/appointments";
import { closeLink, updateLink } from "../services/links/update";
import { updateLinks } from "../services/links/update-many";
import { createBookingLink, createFormLink, createVideoLink } from "../services/links/create";
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
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const linksRouter = createPortalRouter({
  list: procedureFor("links.read")
    .input(listLinksInput)
    .output(linkPage)
    .query(({ ctx, input }) => listLinks(ctx.tenant, input)),
  count: procedureFor("links.read")
    .input(linkFilters)
    .output(linkCount)
    .query(({ ctx, input }) => countLinks(ctx.tenant, input)),
  selectMatching: procedureFor("links.read")
    .input(linkFilters)
    .output(linkSelection)
    .query(({ ctx, input }) => selectMatchingLinks(ctx.tenant, input)),
  get: procedureFor("links.read")
    .input(linkIdInput)
    .output(linkView)
    .query(({ ctx, input }) => getLink(ctx.tenant, input)),
  findByOperation: procedureFor("links.read")
    .input(findLinkByOperationInput)
    .output(z.object({ linkId: z.string() }).nullable())
    .query(({ ctx, input }) => findLinkByOperation(ctx.tenant, input)),
  create: procedureFor("links.create")
    .input(createBookingLinkInput)
    .output(linkView)
    .mutation(({ ctx, input }) => createBookingLink(ctx.tenant, input)),
  createForm: procedureFor("links.create")
    .input(createFormLinkInput)
    .output(linkView)
    .mutation(({ ctx, input }) => createFormLink(ctx.tenant, input)),
  createVideo: procedureFor("links.create")
    .input(createVideoLinkInput)
    .output(linkView)
    .mutation(({ ctx, input }) => createVideoLink(ctx.tenant, input)),
  filterOptions: procedureFor("links.read")
    .output(linkFilterOptions)
    .query(({ ctx }) => listFilterOptions(ctx.tenant)),
  history: procedureFor("links.read")
    .input(linkIdInput)
    .output(z.array(linkEvent))
    .query(({ ctx, input }) => listLinkHistory(ctx.tenant, input)),
  appointments: procedureFor("links.read")
    .input(linkIdInput)
    .output(z.array(linkAppointment))
    .query(({ ctx, input }) => listLinkAppointments(ctx.tenant, input)),
  listViews: procedureFor("links.read")
    .output(z.array(savedLinkView))
    .query(({ ctx }) => listSavedViews(ctx.tenant)),
  saveView: procedureFor("links.read")
    .input(saveLinkViewInput)
    .output(savedLinkView)
    .mutation(({ ctx, input }) => upsertSavedView(ctx.tenant, input)),
  deleteView: procedureFor("links.read")
    .input(savedLinkViewIdInput)
    .output(z.literal(true))
    .mutation(({ ctx, input }) => deleteSavedView(ctx.tenant, input)),
  updateMany: procedureFor("links.edit")
    .input(updateLinksInput)
    .output(updatedLinks)
    .mutation(({ ctx, input }) => updateLinks(ctx.tenant, input)),
  resolve: procedureFor("links.edit")
    .input(resolveLinkInput)
    .output(linkView)
    .mutation(({ ctx, input }) => resolveLink(ctx.tenant, input)),
  reconcile: procedureFor("links.edit")
    .input(linkIdInput)
    .output(linkView)
    .mutation(({ ctx, input }) => reconcileLink(ctx.tenant, input)),
  update: procedureFor("links.edit")
    .input(updateLinkInput)
    .output(linkView)
    .mutation(({ ctx, input }) => updateLink(ctx.tenant, input)),
  close: procedureFor("links.edit")
    .input(linkIdInput)
    .output(linkView)
    .mutation(({ ctx, input }) => closeLink(ctx.tenant, input)),
  refresh: procedureFor("links.read")
    .input(linkIdInput)
    .output(linkView)
    .mutation(({ ctx, input }) => refreshLink(ctx.tenant, input)),
});
