import "server-only";
import { type AnyPgColumn, foreignKey, primaryKey, uuid } from "drizzle-orm/pg-core";
import type { TenantId } from "../ids";
import { environmentEnum } from "./environments";
import { tenants } from "./organisations";

/** The first columns of every table about Hero's data, of its primary key and of the foreign keys to it. */
export const scopeColumns = () => ({
  tenantId: uuid("tenant_id")
    .$type<TenantId>()
    .notNull()
    .references(() => tenants.id),
  environment: environmentEnum("environment").notNull(),
});

type ScopedTable = { tenantId: AnyPgColumn; environment: AnyPgColumn };

/** A primary key within a tenant and environment. Name it where the default passes 63 characters. */
export const scopedPrimaryKey = (table: ScopedTable, columns: AnyPgColumn[], name?: string) =>
  primaryKey({ columns: [table.tenantId, table.environment, ...columns], ...(name && { name }) });

/** Points at a row of the same tenant and environment. */
export const scopedForeignKey = (
  name: string,
  table: ScopedTable,
  column: AnyPgColumn,
  target: ScopedTable & { id: AnyPgColumn },
) =>
  foreignKey({
    name,
    columns: [table.tenantId, table.environment, column],
    foreignColumns: [target.tenantId, target.environment, target.id],
  });
