import "server-only";
import { ForbiddenError } from "../errors";
import type { Role } from "../schemas/organisations";
import type { TenantContext } from "./context";

/**
 * Who may do what, in one table; what is not named here nobody may do.
 * Operators send, developers connect, auditors look at what happened.
 */
const permissions = {
  "practices.read": ["owner", "admin", "developer", "operator", "viewer", "auditor"],
  "practices.manage": ["owner", "admin", "developer"],
  "links.read": ["owner", "admin", "developer", "operator", "viewer", "auditor"],
  "links.create": ["owner", "admin", "developer", "operator"],
  "links.edit": ["owner", "admin", "developer", "operator"],
  "elements.read": ["owner", "admin", "developer", "operator", "viewer", "auditor"],
  "elements.manage": ["owner", "admin", "developer"],
  /** With a session an element can write to patients of the practice. */
  "element_sessions.create": ["owner", "admin", "developer", "operator"],
  "activity.read": ["owner", "admin", "auditor"],
  "api_keys.manage": ["owner", "admin", "developer"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

const permissionNames = Object.keys(permissions) as Permission[];

export function isAllowed(role: Role, permission: Permission): boolean {
  // Own entries only: names that every object has are no permissions.
  const roles: readonly Role[] = Object.hasOwn(permissions, permission)
    ? permissions[permission]
    : [];
  return roles.includes(role);
}

export function listPermissions(role: Role): Permission[] {
  return permissionNames.filter((permission) => isAllowed(role, permission));
}

/**
 * The first line of every service. Jobs act for the portal itself and pass.
 * @throws ForbiddenError
 */
export function requirePermission(ctx: TenantContext, permission: Permission): void {
  if (ctx.actor.kind === "portal") return;
  const isGranted =
    ctx.actor.kind === "server"
      ? ctx.actor.permissions.includes(permission)
      : ctx.actor.kind === "person" && isAllowed(ctx.actor.role, permission);
  if (!isGranted) throw new ForbiddenError();
}
