/**
 * `anybody`; `signed in`: a person, about themselves; `member`: of the tenant in the address, in the
 * environment in the address; `key`: a partner's server with a portal API key. What decides is the page
 * or procedure itself, never something in front.
 */
export type Access = "anybody" | "signed in" | "member" | "key";

const tenant = "/[tenant]/[environment]";

/** Every page that exists and who may see it. A page that is not here was not reviewed. */
export const pages: Record<string, Access> = {
  "/": "anybody",
  "/sign-in": "anybody",
  "/sign-up": "anybody",
  "/verify-email": "anybody",
  "/forgot-password": "anybody",
  "/reset-password": "anybody",
  "/account": "signed in",
  "/organisations": "signed in",
  "/new-organisation": "signed in",
  [tenant]: "member",
  [`${tenant}/practices`]: "member",
  [`${tenant}/practices/connect`]: "member",
  [`${tenant}/practices/[practiceId]`]: "member",
  [`${tenant}/links`]: "member",
  [`${tenant}/links/new`]: "member",
  [`${tenant}/links/[linkId]`]: "member",
  [`${tenant}/links/[linkId]/edit`]: "member",
  [`${tenant}/links/[linkId]/poster`]: "member",
  [`${tenant}/links/bulk-uploads`]: "member",
  [`${tenant}/links/bulk-uploads/new`]: "member",
  [`${tenant}/links/bulk-uploads/[bulkUploadId]`]: "member",
  [`${tenant}/elements/checker`]: "member",
  [`${tenant}/elements`]: "member",
  [`${tenant}/elements/new`]: "member",
  [`${tenant}/elements/message-builder`]: "member",
  [`${tenant}/elements/[placementId]`]: "member",
  [`${tenant}/elements/[placementId]/edit`]: "member",
  [`${tenant}/elements/[placementId]/designer`]: "member",
  [`${tenant}/activity`]: "member",
  [`${tenant}/settings`]: "member",
  [`${tenant}/settings/api`]: "member",
};

/** Every address that answers something other than a page. */
export const handlers: Record<string, Access> = {
  "/favicon.ico": "anybody",
  "/icon.svg": "anybody",
  "/api/health": "anybody",
  "/api/health/live": "anybody",
  // next-auth's own; tells a caller no more than that their session exists.
  "/api/auth/[...nextauth]": "anybody",
  // Each procedure says for itself who may call it: `tests/isolation/procedures.ts`.
  "/api/trpc/account/[trpc]": "anybody",
  "/api/trpc/[tenant]/[environment]/[trpc]": "member",
  // A portal API key says who asks and where: `tests/isolation/api-v1.test.ts`.
  "/api/v1/links": "key",
  "/api/v1/links/[linkId]": "key",
  "/api/v1/element-sessions": "key",
  // A session's secret says which, and its placement from which origins.
  "/api/v1/element-sessions/token": "anybody",
  // Counts a code of a placement; tells nothing.
  "/api/v1/element-reports": "anybody",
  "/api/v1/element-clock": "anybody",
  // On the second origin alone; who may frame it is a placement's to say.
  "/embed/frame/[placementId]": "anybody",
  // What the API is, and what its problems mean; nothing of any tenant.
  "/api/v1/openapi.json": "anybody",
  "/api/v1/problems/[name]": "anybody",
  "/api/v1/[[...path]]": "anybody",
  "/api/downloads/[tenant]/[environment]/bulk-uploads/[bulkUploadId]": "member",
};

/** Every function that browsers may call by its id: `file exported name`. */
export const actions: Record<string, Access> = {
  "app/sign-in/actions.ts signIn": "anybody",
  "app/sign-up/actions.ts signUp": "anybody",
  "app/verify-email/actions.ts verifyEmail": "anybody",
  "app/forgot-password/actions.ts requestPasswordReset": "anybody",
  "app/reset-password/actions.ts resetPassword": "anybody",
  "app/account/actions.ts signOut": "anybody",
  "app/account/actions.ts endSessions": "signed in",
  "app/new-organisation/actions.ts createOrganisation": "signed in",
};
