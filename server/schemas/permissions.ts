/** The only list of roles: the database's enum and every sentence about roles derive from it. */
export const roles = ["owner", "admin", "developer", "operator", "viewer", "auditor"] as const;
export type Role = (typeof roles)[number];

export const permissions = [
  "practices.read",
  "practices.manage",
  "links.read",
  "links.create",
  "links.edit",
  "elements.read",
  "elements.manage",
  /** Through a session an element can message patients of the practice. */
  "element_sessions.create",
  "activity.read",
  "api_keys.manage",
] as const;
export type Permission = (typeof permissions)[number];

const read: Permission[] = ["practices.read", "links.read", "elements.read"];
const send: Permission[] = ["links.create", "links.edit", "element_sessions.create"];
const manage: Permission[] = ["practices.manage", "elements.manage", "api_keys.manage"];

const rolePermissions: Record<Role, readonly Permission[]> = {
  owner: permissions,
  admin: permissions,
  developer: [...read, ...send, ...manage],
  operator: [...read, ...send],
  viewer: read,
  auditor: [...read, "activity.read"],
};

export const roleLabel = (role: Role) => role.charAt(0).toUpperCase() + role.slice(1);

/** Empty for a role that does not exist. */
export function listPermissions(role: Role): readonly Permission[] {
  return Object.hasOwn(rolePermissions, role) ? rolePermissions[role] : [];
}

export function isAllowed(role: Role, permission: Permission): boolean {
  return listPermissions(role).includes(permission);
}

export function rolesWith(permission: Permission): Role[] {
  return roles.filter((role) => isAllowed(role, permission));
}

const permissionActions: Record<Permission, string> = {
  "practices.read": "see practices",
  "practices.manage": "connect practices and replace keys",
  "links.read": "see links",
  "links.create": "create links",
  "links.edit": "change links",
  "elements.read": "see elements",
  "elements.manage": "create and change placements",
  "element_sessions.create": "use elements",
  "activity.read": "see activity",
  "api_keys.manage": "create and revoke API keys",
};

const listFormat = new Intl.ListFormat("en-GB");

/** "Owners, admins and developers can create and change placements." */
export function whoCan(permission: Permission, action = permissionActions[permission]): string {
  const list = listFormat.format(rolesWith(permission).map((role) => `${role}s`));
  return `${list.charAt(0).toUpperCase()}${list.slice(1)} can ${action}.`;
}
