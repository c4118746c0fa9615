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
  if (!hasPermission(ctx, permission)) throw new ForbiddenError(permission);
}

/** For what a screen offers; services that act use `requirePermission`. */
export function hasPermission({ actor }: TenantContext, permission: Permission): boolean {
  if (actor.kind === "portal") return true;
  return actor.kind === "server"
    ? actor.permissions.includes(permission)
    : actor.kind === "person" && isAllowed(actor.role, permission);
}
