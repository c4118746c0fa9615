import "server-only";
import { sql } from "drizzle-orm";
import { db } from "@/db/client";
import { NotFoundError } from "../errors";
import { originCandidates } from "../schemas/origin-candidates";
import type { TenantContext } from "./context";
import { findEnvironment } from "./environments";
import { provenTenantId } from "./ids";

/**
 * The settings that a placement's frame needs, and the scope its reports are counted in. Pages that
 * embed a placement publish its id, so the id authorises nothing and the settings are public.
 *
 * @throws NotFoundError for an unknown id
 */
export async function resolvePlacementContext(
  placementId: string,
  requestId: string,
): Promise<{
  ctx: TenantContext;
  placement: { element: string; origins: string[]; isOn: boolean };
}> {
  const [row] = await db.shared.execute<{
    tenant_id: string;
    environment: string;
    element: string;
    origins: string[];
    is_on: boolean;
  }>(sql`select * from find_placement(${placementId})`);
  const environment = row && findEnvironment(row.environment);
  if (!row || !environment) throw new NotFoundError();
  const { element, origins, is_on: isOn } = row;
  const tenantId = provenTenantId(row.tenant_id);
  return {
    ctx: { tenantId, environment, requestId, actor: { kind: "portal" } },
    placement: { element, origins, isOn },
  };
}

/** Whether any placement of any tenant allows this origin. */
export async function isPlacementOrigin(origin: string): Promise<boolean> {
  const candidates = originCandidates(origin);
  if (candidates.length === 0) return false;
  const [row] = await db.shared.execute<{ is_allowed: boolean }>(
    sql`select is_placement_origin(${sql.param(candidates)}::text[]) as is_allowed`,
  );
  return row?.is_allowed === true;
}
