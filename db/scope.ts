import "server-only";
import { and, eq, type SQL } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Environment } from "@/server/schemas/environments";
import type { TenantId } from "./ids";

type TenantTable = { readonly tenantId: AnyPgColumn };
type ScopedTable = TenantTable & { readonly environment: AnyPgColumn };

/** A tenant and one of its environments. */
export type Scope = { readonly tenantId: TenantId; readonly environment: Environment };

const hasEnvironment = (table: TenantTable): table is ScopedTable => "environment" in table;

/** The rows of the scope's tenant, and of its environment where the table has one. */
export function inScope(table: TenantTable, scope: Scope): SQL | undefined {
  return and(
    eq(table.tenantId, scope.tenantId),
    hasEnvironment(table) ? eq(table.environment, scope.environment) : undefined,
  );
}

/**
 * The rows of a tenant in every environment. Only for tables without an environment, and for what is
 * unique across a tenant's environments.
 */
export function inTenant(table: TenantTable, scope: { readonly tenantId: TenantId }): SQL {
  return eq(table.tenantId, scope.tenantId);
}

/** Joins rows of the same tenant, and of the same environment where both tables have one. */
export function sameScope(table: TenantTable, other: TenantTable): SQL | undefined {
  return and(
    eq(table.tenantId, other.tenantId),
    hasEnvironment(table) && hasEnvironment(other)
      ? eq(table.environment, other.environment)
      : undefined,
  );
}
