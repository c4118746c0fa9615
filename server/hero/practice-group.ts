import "server-only";

declare const practiceGroupBrand: unique symbol;

/**
 * Hero's id of a practice that this tenant may act for in this environment. Inside a Hero network Hero
 * accepts a neighbour's id, so a plain string must never reach it: `server/tenancy/ids.ts` makes these.
 */
export type PracticeGroupId = string & { readonly [practiceGroupBrand]: true };
