import "server-only";
import type { Environment } from "../schemas/environments";
import type { TenantContext } from "./context";
import { provenTenantId } from "./ids";

/** The context of a job: tenant and environment come from the owner's own query of what is to be done. */
export function createJobContext(
  row: { tenantId: string; environment: Environment },
  requestId: string,
): TenantContext {
  return {
    tenantId: provenTenantId(row.tenantId),
    environment: row.environment,
    actor: { kind: "portal" },
    requestId,
  };
}
