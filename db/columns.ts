import "server-only";
import { sql } from "drizzle-orm";
import { customType, pgPolicy, pgRole, timestamp } from "drizzle-orm/pg-core";

/** The role that serves requests: it owns nothing and bypasses nothing. Created by `scripts/roles.ts`. */
const appRole = pgRole("portal_app").existing();
/** The role that owns the tables and migrates them. */
const ownerRole = pgRole("portal_owner").existing();

/** A time with its zone, read as a `Date`. */
export const timestamptz = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({
  dataType: () => "bytea",
  fromDriver: (value) => Buffer.from(value),
});

const currentTenant = sql`nullif(current_setting('app.tenant_id', true), '')::uuid`;

/**
 * Row-level security of a tenant table: a transaction sees and writes only rows of the tenant that
 * `db.tenant` set for it, and none without one.
 */
export const tenantPolicy = (column: "tenant_id" | "id" = "tenant_id") =>
  pgPolicy("tenant_only", {
    as: "permissive",
    for: "all",
    to: appRole,
    using: sql`${sql.identifier(column)} = ${currentTenant}`,
    withCheck: sql`${sql.identifier(column)} = ${currentTenant}`,
  });

/**
 * Lets the owner read a table with forced row-level security. Only the owner's look-up functions need this
 * (`find_scope` and the like), which return one session or key.
 */
export const ownerReadPolicy = () =>
  pgPolicy("owner_reads", { as: "permissive", for: "select", to: ownerRole, using: sql`true` });

/** Lets the owner's functions also write a table with forced row-level security (`send_changes`). */
export const ownerWritePolicy = () =>
  pgPolicy("owner_writes", {
    as: "permissive",
    for: "all",
    to: ownerRole,
    using: sql`true`,
    withCheck: sql`true`,
  });
