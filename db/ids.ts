import "server-only";

declare const tenantBrand: unique symbol;

/**
 * A tenant's id that was proven against a membership (or comes from the owner's own look-ups).
 * Only `server/tenancy` makes one; columns of tenant tables take nothing else.
 */
export type TenantId = string & { readonly [tenantBrand]: true };
