import "server-only";

declare const tenantBrand: unique symbol;

/**
 * A tenant's id that was checked against a membership, or comes from the owner's own queries. Only
 * `server/tenancy` creates one; columns of tenant tables accept nothing else.
 */
export type TenantId = string & { readonly [tenantBrand]: true };
