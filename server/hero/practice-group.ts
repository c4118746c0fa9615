import "server-only";

declare const practiceGroupBrand: unique symbol;

/**
 * Hero's ID of a practice that this tenant has in this environment. Within a Hero network, Hero accepts
 * other practices' ids too, so a plain string must never reach it: `server/tenancy/ids.ts` creates these.
 */
export type PracticeGroupId = string & { readonly [practiceGroupBrand]: true };
