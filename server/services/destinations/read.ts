import "server-only";
import { db } from "@/db/client";
import type { DestinationIdInput, DestinationView } from "../../schemas/destinations";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { getDestinationView, selectDestinationViews } from "./view";

/** The destinations of this environment, by name. */
export async function listDestinations(ctx: TenantContext): Promise<DestinationView[]> {
  requirePermission(ctx, "webhooks.read");
  return db.read(ctx, (tx) => selectDestinationViews(tx, ctx));
}

/** @throws NotFoundError */
export async function getDestination(
  ctx: TenantContext,
  input: DestinationIdInput,
): Promise<DestinationView> {
  requirePermission(ctx, "webhooks.read");
  return db.read(ctx, (tx) => getDestinationView(tx, ctx, input.destinationId));
}
