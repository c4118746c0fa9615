import "server-only";
import { db } from "@/db/client";
import type { PlacementIdInput, PlacementView } from "../../schemas/placements";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { getPlacementView, selectPlacementViews } from "./view";

/** The placements of this environment, by name, up to 500. */
export async function listPlacements(ctx: TenantContext): Promise<PlacementView[]> {
  requirePermission(ctx, "elements.read");
  return db.read(ctx, (tx) => selectPlacementViews(tx, ctx));
}

/** @throws NotFoundError */
export async function getPlacement(
  ctx: TenantContext,
  input: PlacementIdInput,
): Promise<PlacementView> {
  requirePermission(ctx, "elements.read");
  return db.read(ctx, (tx) => getPlacementView(tx, ctx, input.placementId));
}
