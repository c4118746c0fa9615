import "server-only";
import { ForbiddenError } from "../errors";
import { isAllowed, type Permission } from "../schemas/permissions";
import type { TenantContext } from "./context";

/**
 * The first line of every service. Procedures and API requests check it before they read the input as well.
 * Jobs run for the portal and have every permission.
 * @throws ForbiddenError
 */
export function requirePermission(ctx: TenantContext, permission: Permission): void {
  if (ctx.actor.kind === "portal") return;
  const isGranted =
    ctx.actor.kind === "server"
      ? ctx.actor.permissions.includes(permission)
      : ctx.actor.kind === "person" && isAllowed(ctx.actor.role, permission);
  if (!isGranted) throw new ForbiddenError(permission);
}
