/**
 * `anybody`; `signed in`: a person, about themselves; `member`: of the tenant and environment in the
 * address; `key`: a partner's server with an API key. The page or procedure itself decides, never
 * something in front of it.
 */
export type Access = "anybody" | "signed in" | "member" | "key";

const tenant = "/[tenant]/[environment]";

/** Every page and who may see it. A page that is not here was not reviewed. */
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
  [`${tenant}/results`]: "member",
  [`${tenant}/patients`]: "member",
  [`${tenant}/messages`]: "member",
  [`${tenant}/messages/new`]: "member",
  [`${tenant}/messages/templates`]: "member",
  [`${tenant}/messages/automated`]: "member",
  [`${tenant}/messages/[messageId]`]: "member",
  [`${tenant}/messages/batches`]: "member",
  [`${tenant}/messages/batches/new`]: "member",
  [`${tenant}/messages/batches/[batchId]`]: "member",
  [`${tenant}/tasks`]: "member",
  [`${tenant}/appointments`]: "member",
  [`${tenant}/appointments/[appointmentId]`]: "member",
  [`${tenant}/appointments/[appointmentId]/reschedule`]: "member",
  [`${tenant}/patients/[practiceId]/[patientId]/book`]: "member",
  [`${tenant}/elements/checker`]: "member",
  [`${tenant}/elements`]: "member",
  [`${tenant}/elements/assigned`]: "member",
  [`${tenant}/elements/new`]: "member",
  [`${tenant}/elements/scripts`]: "member",
  [`${tenant}/elements/message-builder`]: "member",
  [`${tenant}/elements/[placementId]`]: "member",
  [`${tenant}/elements/[placementId]/edit`]: "member",
  [`${tenant}/elements/[placementId]/code`]: "member",
  [`${tenant}/elements/[placementId]/designer`]: "member",
  [`${tenant}/patients/[practiceId]/[patientId]/ehr`]: "member",
  [`${tenant}/patients/[practiceId]/[patientId]`]: "member",
  [`${tenant}/patients/[practiceId]/[patientId]/merge`]: "member",
  [`${tenant}/merges`]: "member",
  [`${tenant}/merges/[mergeId]`]: "member",
  [`${tenant}/webhooks`]: "member",
  [`${tenant}/webhooks/deliveries`]: "member",
  [`${tenant}/webhooks/deliveries/[deliveryId]`]: "member",
  [`${tenant}/webhooks/destinations`]: "member",
  [`${tenant}/webhooks/destinations/new`]: "member",
  [`${tenant}/webhooks/destinations/[destinationId]`]: "member",
  [`${tenant}/webhooks/destinations/[destinationId]/edit`]: "member",
  [`${tenant}/webhooks/events`]: "member",
  [`${tenant}/webhooks/events/types`]: "member",
  [`${tenant}/webhooks/events/[eventId]`]: "member",
  [`${tenant}/webhooks/endpoints/[endpointId]`]: "member",
  [`${tenant}/webhooks/tools`]: "member",
  [`${tenant}/activity`]: "member",
  [`${tenant}/settings`]: "member",
  [`${tenant}/settings/api`]: "member",
};

/** Every address that is not a page. */
export const handlers: Record<string, Access> = {
  "/favicon.ico": "anybody",
  "/icon.svg": "anybody",
  "/api/health": "anybody",
  "/api/health/live": "anybody",
  // next-auth's own; reveals only that the caller has a session.
  "/api/auth/[...nextauth]": "anybody",
  // Each procedure checks its caller: see `tests/isolation/procedures.ts`.
  "/api/trpc/account/[trpc]": "anybody",
  "/api/trpc/[tenant]/[environment]/[trpc]": "member",
  // An API key names the caller and its scope: see `tests/isolation/api-v1.test.ts`.
  "/api/v1/links": "key",
  "/api/v1/links/[linkId]": "key",
  "/api/v1/links/[linkId]/resolve": "key",
  "/api/v1/events": "key",
  "/api/v1/patients/lookup": "key",
  "/api/v1/slots": "key",
  "/api/v1/appointments": "key",
  "/api/v1/appointments/[appointmentId]": "key",
  // See `tests/services/api-v1/messages.test.ts`.
  "/api/v1/messages": "key",
  "/api/v1/messages/preview": "key",
  "/api/v1/messages/[messageId]": "key",
  "/api/v1/messages/[messageId]/cancel": "key",
  // See `tests/services/api-v1/message-batches.test.ts`.
  "/api/v1/message-batches": "key",
  "/api/v1/message-batches/[batchId]": "key",
  "/api/v1/message-batches/[batchId]/recipients": "key",
  "/api/v1/message-batches/[batchId]/check": "key",
  "/api/v1/message-batches/[batchId]/review": "key",
  "/api/v1/message-batches/[batchId]/send": "key",
  "/api/v1/message-batches/[batchId]/stop": "key",
  "/api/v1/message-batches/[batchId]/results": "key",
  "/api/v1/element-sessions": "key",
  // The secret names the session; its placement names the origins.
  "/api/v1/element-sessions/token": "anybody",
  // Counts an error code of a placement; returns nothing.
  "/api/v1/element-reports": "anybody",
  // The URL's token and a signature with its key name the scope: see `tests/services/webhooks/intake.test.ts`.
  "/api/hooks/[urlToken]": "anybody",
  "/api/v1/element-clock": "anybody",
  // On the second origin only; the placement lists who may frame it.
  "/embed/frame/[placementId]": "anybody",
  // The API description and problem types, without tenant data.
  "/api/v1/openapi.json": "anybody",
  "/api/v1/problems/[name]": "anybody",
  "/api/v1/[[...path]]": "anybody",
  "/api/downloads/[tenant]/[environment]/links": "member",
  "/api/downloads/[tenant]/[environment]/results": "member",
  "/api/downloads/[tenant]/[environment]/appointments/[appointmentId]": "member",
  "/api/downloads/[tenant]/[environment]/bulk-uploads/[bulkUploadId]": "member",
  "/api/downloads/[tenant]/[environment]/message-batches/[batchId]": "member",
};

/** Every server action: `file exported name`. */
export const actions: Record<string, Access> = {
  "app/sign-in/actions.ts signIn": "anybody",
  "app/sign-up/actions.ts signUp": "anybody",
  "app/verify-email/actions.ts verifyEmail": "anybody",
  "app/verify-email/actions.ts verifyEmailInSameBrowser": "anybody",
  "app/verify-email/actions.ts sendAgain": "anybody",
  "app/forgot-password/actions.ts requestPasswordReset": "anybody",
  "app/reset-password/actions.ts resetPassword": "anybody",
  "app/account/actions.ts signOut": "anybody",
  "app/account/actions.ts endSessions": "signed in",
  "app/new-organisation/actions.ts createOrganisation": "signed in",
};
