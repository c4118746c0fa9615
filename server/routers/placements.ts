import "server-only";
import { z } from "zod";
import { elementReportDays } from "../schemas/element-reports";
import {
  createPlacementInput,
  placementIdInput,
  placementView,
  setPlacementThemeInput,
  switchPlacementInput,
  updatePlacementInput,
} from "../schemas/placements";
import { listElementReports } from "../services/element-reports";
import { getPlacement, listPlacements } from "../services/placements/read";
import {
  createPlacement,
  setPlacementTheme,
  switchPlacement,
  updatePlacement,
} from "../services/placements/save";
import { portalProcedure, createPortalRouter } from "../trpc/procedures";

export const placementsRouter = createPortalRouter({
  list: portalProcedure
    .output(z.array(placementView))
    .query(({ ctx }) => listPlacements(ctx.tenant)),
  get: portalProcedure
    .input(placementIdInput)
    .output(placementView)
    .query(({ ctx, input }) => getPlacement(ctx.tenant, input)),
  create: portalProcedure
    .input(createPlacementInput)
    .output(placementView)
    .mutation(({ ctx, input }) => createPlacement(ctx.tenant, input)),
  update: portalProcedure
    .input(updatePlacementInput)
    .output(placementView)
    .mutation(({ ctx, input }) => updatePlacement(ctx.tenant, input)),
  setTheme: portalProcedure
    .input(setPlacementThemeInput)
    .output(placementView)
    .mutation(({ ctx, input }) => setPlacementTheme(ctx.tenant, input)),
  switch: portalProcedure
    .input(switchPlacementInput)
    .output(placementView)
    .mutation(({ ctx, input }) => switchPlacement(ctx.tenant, input)),
  listReports: portalProcedure
    .input(placementIdInput)
    .output(elementReportDays)
    .query(({ ctx, input }) => listElementReports(ctx.tenant, input)),
});
