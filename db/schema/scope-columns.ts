import "server-only";
import { uuid } from "drizzle-orm/pg-core";
import type { TenantId } from "../ids";
import { environmentEnum } from "./environments";
import { tenants } from "./organisations";

/**
 * What the primary key of every table about Hero begins with, and every foreign key between them: a row
 * cannot point at another tenant's or another environment's.
 */
export const scopeColumns = () => ({
  tenantId: uuid("tenant_id")
    .$type<TenantId>()
    .notNull()
    .references(() => tenants.id),
  environment: environmentEnum("environment").notNull(),
});
