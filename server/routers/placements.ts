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
import { createPortalRouter, procedureFor } from "../trpc/procedures";

export const placementsRouter = createPortalRouter({
  list: procedureFor("elements.read")
    .output(z.array(placementView))
    .query(({ ctx }) => listPlacements(ctx.tenant)),
  get: procedureFor("elements.read")
    .input(placementIdInput)
    .output(placementView)
    .query(({ ctx, input }) => getPlacement(ctx.tenant, input)),
  create: procedureFor("elements.manage")
    .input(createPlacementInput)
    .output(placementView)
    .mutation(({ ctx, input }) => createPlacement(ctx.tenant, input)),
  update: procedureFor("elements.manage")
    .input(updatePlacementInput)
    .output(placementView)
    .mutation(({ ctx, input }) => updatePlacement(ctx.tenant, input)),
  setTheme: procedureFor("elements.manage")
    .input(setPlacementThemeInput)
    .output(placementView)
    .mutation(({ ctx, input }) => setPlacementTheme(ctx.tenant, input)),
  switch: procedureFor("elements.manage")
    .input(switchPlacementInput)
    .output(placementView)
    .mutation(({ ctx, input }) => switchPlacement(ctx.tenant, input)),
  listReports: procedureFor("elements.read")
    .input(placementIdInput)
    .output(elementReportDays)
    .query(({ ctx, input }) => listElementReports(ctx.tenant, input)),
});
