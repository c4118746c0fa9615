import { describe, expect, it } from "vitest";
import { ForbiddenError } from "@/server/errors";
import {
  whoCan,
  isAllowed,
  listPermissions,
  type Permission,
  permissions as allPermissions,
  type Role,
  roles,
  rolesWith,
} from "@/server/schemas/permissions";
import type { TenantContext } from "@/server/tenancy/context";
import { createJobContext } from "@/server/tenancy/job";
import { requirePermission } from "@/server/tenancy/permissions";

/** A second copy of the permissions, so that every change is deliberate. */
const expectedPermissions: Record<Permission, Record<Role, boolean>> = {
  "practices.read": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: true,
    auditor: true,
  },
  "practices.manage": {
    owner: true,
    admin: true,
    developer: true,
    operator: false,
    viewer: false,
    auditor: false,
  },
  "webhooks.read": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: true,
    auditor: true,
  },
  "webhooks.manage": {
    owner: true,
    admin: true,
    developer: true,
    operator: false,
    viewer: false,
    auditor: false,
  },
  "webhooks.show_bodies": {
    owner: true,
    admin: true,
    developer: true,
    operator: false,
    viewer: false,
    auditor: false,
  },
  "tasks.update": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: false,
    auditor: false,
  },
  "messages.read": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: false,
    auditor: false,
  },
  "messages.send": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: false,
    auditor: false,
  },
  "messages.write_to_record_automatically": {
    owner: true,
    admin: false,
    developer: false,
    operator: false,
    viewer: false,
    auditor: false,
  },
  "messages.manage": {
    owner: true,
    admin: true,
    developer: true,
    operator: false,
    viewer: false,
    auditor: false,
  },
  "events.read": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: true,
    auditor: true,
  },
  "elements.read": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: true,
    auditor: true,
  },
  "elements.manage": {
    owner: true,
    admin: true,
    developer: true,
    operator: false,
    viewer: false,
    auditor: false,
  },
  "element_sessions.create": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: false,
    auditor: false,
  },
  "links.read": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: true,
    auditor: true,
  },
  "links.create": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: false,
    auditor: false,
  },
  "links.edit": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: false,
    auditor: false,
  },
  "practices.change": {
    owner: true,
    admin: false,
    developer: false,
    operator: false,
    viewer: false,
    auditor: false,
  },
  "patients.read": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: false,
    auditor: false,
  },
  "patients.register": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: false,
    auditor: false,
  },
  "patients.connect": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: false,
    auditor: false,
  },
  "patients.merge": {
    owner: true,
    admin: true,
    developer: false,
    operator: false,
    viewer: false,
    auditor: false,
  },
  "appointments.read": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: false,
    auditor: false,
  },
  "appointments.book": {
    owner: true,
    admin: true,
    developer: true,
    operator: true,
    viewer: false,
    auditor: false,
  },
  "appointments.book_restricted": {
    owner: true,
    admin: true,
    developer: false,
    operator: false,
    viewer: false,
    auditor: false,
  },
  "appointments.cancel_late": {
    owner: true,
    admin: true,
    developer: false,
    operator: false,
    viewer: false,
    auditor: false,
  },
  "activity.read": {
    owner: true,
    admin: true,
    developer: false,
    operator: false,
    viewer: false,
    auditor: true,
  },
  "api_keys.manage": {
    owner: true,
    admin: true,
    developer: true,
    operator: false,
    viewer: false,
    auditor: false,
  },
};

const permissions = Object.keys(expectedPermissions) as Permission[];
const portal = createJobContext(
  { tenantId: "0198f5a2-0000-7000-8000-000000000001", environment: "sandbox" },
  "request",
);

const contextWithRole = (memberRole: string): TenantContext => ({
  ...portal,
  actor: {
    kind: "person",
    sessionId: "0198f5a2-0000-7000-8000-000000000003",
    userId: "0198f5a2-0000-7000-8000-000000000002",
    name: "Pat Person",
    email: "pat@example.com",
    // Values that a future database could contain.
    role: memberRole as Role,
  },
});

const cells = roles.flatMap((memberRole) =>
  permissions.map((permission) => ({
    role: memberRole,
    permission,
    may: expectedPermissions[permission][memberRole],
  })),
);

describe("the table of permissions", () => {
  it("the table has every role and exactly the permissions in this test", () => {
    for (const permission of permissions) {
      expect(Object.keys(expectedPermissions[permission]).sort()).toEqual([...roles].sort());
    }
    expect([...allPermissions].sort()).toEqual([...permissions].sort());
    const grantedPermissions = new Set(roles.flatMap(listPermissions));
    expect([...grantedPermissions].sort()).toEqual([...permissions].sort());
  });

  it.each(cells)("c15: $role, $permission: $may", ({ role: memberRole, permission, may }) => {
    expect(isAllowed(memberRole, permission)).toBe(may);
    expect(listPermissions(memberRole).includes(permission)).toBe(may);
    const check = () => requirePermission(contextWithRole(memberRole), permission);
    if (may) expect(check).not.toThrow();
    else expect(check).toThrow(ForbiddenError);
  });

  const unknownRoles = ["", "Owner", "owner ", "superuser", "root", "*", "constructor", "length"];
  it.each(unknownRoles)("c15: the unknown role %j has no permission", (unknownName) => {
    expect(listPermissions(unknownName as Role)).toEqual([]);
    for (const permission of permissions) {
      expect(isAllowed(unknownName as Role, permission)).toBe(false);
      expect(() => requirePermission(contextWithRole(unknownName), permission)).toThrow(
        ForbiddenError,
      );
    }
  });

  it.each([
    "",
    "*",
    "practices",
    "practices.",
    "practices.delete",
    "Practices.read",
    "toString",
    "constructor",
    "__proto__",
    "hasOwnProperty",
  ])("c15: no role has the unknown permission %j", (unknownName) => {
    for (const memberRole of roles) {
      expect(isAllowed(memberRole, unknownName as Permission)).toBe(false);
      expect(() =>
        requirePermission(contextWithRole(memberRole), unknownName as Permission),
      ).toThrow(ForbiddenError);
    }
  });

  it("an owner has every permission, so that there is always someone to ask", () => {
    expect(permissions.every((permission) => rolesWith(permission)[0] === "owner")).toBe(true);
    expect(whoCan("activity.read")).toBe("Owners, admins and auditors can see activity.");
    expect(whoCan("links.create")).toBe(
      "Owners, admins, developers and operators can create links.",
    );
  });

  it("the portal's own jobs have every permission", () => {
    for (const permission of permissions) {
      expect(() => requirePermission(portal, permission)).not.toThrow();
    }
  });
});
