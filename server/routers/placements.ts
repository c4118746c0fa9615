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
import { readElementReports } from "../services/element-reports";
import { getPlacement, listPlacements } from "../services/placements/read";
import {
  createPlacement,
  setPlacementTheme,
  switchPlacement,
  updatePlacement,
} from "../services/placements/save";
import { portalProcedure, portalRouter } from "../trpc/procedures";

export const placementsRouter = portalRouter({
  list: portalProcedure.output(z.array(placementView)).query(({ ctx }) => listPlacements(ctx.ctx)),
  get: portalProcedure
    .input(placementIdInput)
    .output(placementView)
    .query(({ ctx, input }) => getPlacement(ctx.ctx, input)),
  create: portalProcedure
    .input(createPlacementInput)
    .output(placementView)
    .mutation(({ ctx, input }) => createPlacement(ctx.ctx, input)),
  update: portalProcedure
    .input(updatePlacementInput)
    .output(placementView)
    .mutation(({ ctx, input }) => updatePlacement(ctx.ctx, input)),
  setTheme: portalProcedure
    .input(setPlacementThemeInput)
    .output(placementView)
    .mutation(({ ctx, input }) => setPlacementTheme(ctx.ctx, input)),
  switch: portalProcedure
    .input(switchPlacementInput)
    .output(placementView)
    .mutation(({ ctx, input }) => switchPlacement(ctx.ctx, input)),
  reports: portalProcedure
    .input(placementIdInput)
    .output(elementReportDays)
    .query(({ ctx, input }) => readElementReports(ctx.ctx, input)),
});
