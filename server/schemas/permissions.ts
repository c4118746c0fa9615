/** The only list of roles: the database's enum and every sentence about roles derive from it. */
export const roles = ["owner", "admin", "developer", "operator", "viewer", "auditor"] as const;
export type Role = (typeof roles)[number];

export const permissions = [
  "practices.read",
  "practices.manage",
  /** A practice's name and address at Hero, for everyone who uses them. */
  "practices.change",
  "links.read",
  "links.create",
  "links.edit",
  "elements.read",
  "elements.manage",
  /** Through a session an element can message patients of the practice. */
  "element_sessions.create",
  "patients.read",
  "patients.register",
  "patients.connect",
  /** To request a merge, and to approve one that another person requested. */
  "patients.merge",
  "appointments.read",
  "appointments.book",
  /** For patients whose record is restricted. */
  "appointments.book_restricted",
  /** Within the hours in which the practice's policy refuses a cancellation. */
  "appointments.cancel_late",
  "messages.read",
  /** To send a message that the person has reviewed. */
  "messages.send",
  /** To have a message written to the patient's record without approval at Hero. */
  "messages.write_to_record_automatically",
  /** A task's status, priority and assignee, in the practice's inbox at Hero. */
  "tasks.update",
  /** Templates, prices, quiet hours and the delay before sending. */
  "messages.manage",
  "webhooks.read",
  /** To choose what Hero sends, rotate keys, replay, and set where events are sent. */
  "webhooks.manage",
  /** To see what a delivery says of a patient; each time is audited. */
  "webhooks.show_bodies",
  "events.read",
  "activity.read",
  "api_keys.manage",
] as const;
export type Permission = (typeof permissions)[number];

const read: Permission[] = [
  "practices.read",
  "links.read",
  "elements.read",
  "webhooks.read",
  "events.read",
];
const send: Permission[] = [
  "links.create",
  "links.edit",
  "element_sessions.create",
  "messages.read",
  "messages.send",
  "tasks.update",
];
const book: Permission[] = [
  "patients.read",
  "patients.register",
  "patients.connect",
  "appointments.read",
  "appointments.book",
];
const manage: Permission[] = [
  "practices.manage",
  "elements.manage",
  "api_keys.manage",
  "messages.manage",
  "webhooks.manage",
  "webhooks.show_bodies",
];

const ownerOnly: readonly Permission[] = [
  "practices.change",
  "messages.write_to_record_automatically",
];

const rolePermissions: Record<Role, readonly Permission[]> = {
  owner: permissions,
  admin: permissions.filter((permission) => !ownerOnly.includes(permission)),
  developer: [...read, ...send, ...book, ...manage],
  operator: [...read, ...send, ...book],
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
  "practices.change": "change a practice's name and address at Hero",
  "links.read": "see links",
  "links.create": "create links",
  "links.edit": "change links",
  "elements.read": "see elements",
  "elements.manage": "create and change placements",
  "element_sessions.create": "use elements",
  "patients.read": "find patients and see their records",
  "patients.register": "register patients",
  "patients.connect": "connect patients to clinical records",
  "patients.merge": "request and approve merges",
  "appointments.read": "see appointments",
  "appointments.book": "book, move and cancel appointments",
  "appointments.book_restricted": "book appointments for restricted patients",
  "appointments.cancel_late": "cancel an appointment that the practice's policy protects",
  "messages.read": "see messages",
  "messages.send": "send messages",
  "messages.write_to_record_automatically": "write messages to the record without approval",
  "tasks.update": "change tasks",
  "messages.manage": "change message templates and settings",
  "webhooks.read": "see webhooks",
  "webhooks.manage": "change webhooks and where events are sent",
  "webhooks.show_bodies": "see the contents of deliveries",
  "events.read": "read events",
  "activity.read": "see activity",
  "api_keys.manage": "create and revoke API keys",
};

const listFormat = new Intl.ListFormat("en-GB");

/** "Owners, admins and developers can create and change placements." */
export function whoCan(permission: Permission, action = permissionActions[permission]): string {
  const list = listFormat.format(rolesWith(permission).map((role) => `${role}s`));
  return `${list.charAt(0).toUpperCase()}${list.slice(1)} can ${action}.`;
}
