import { environment } from "./environments";
import { pageSize, rowId } from "./text";
import { z } from "./zod";

export const listActivityInput = z.object({
  cursor: rowId.optional(),
  limit: pageSize(50),
});
export type ListActivityInput = z.input<typeof listActivityInput>;

/** Every action in the audit, with its label. */
export const auditActions = {
  "organisation.created": "Created the organisation",
  "practice.connected": "Connected the practice",
  "practice.reconnected": "Reconnected the practice",
  "practice.renamed": "Changed the practice's nickname",
  "practice.disconnected": "Disconnected the practice",
  "credential.added": "Added a Hero API key",
  "credential.replaced": "Replaced the Hero API key",
  "credential.rejected": "Hero rejected the API key",
  "credential.recovered": "Hero accepted the API key again",
  "link.requested": "Requested a link",
  "link.created": "Created a link",
  "link.failed": "Failed to create a link",
  "link.unknown": "No response from Hero about a link",
  "link.updated": "Changed a link",
  "link.closed": "Closed a link",
  "link.reopened": "Reopened a link",
  "link.tagged": "Changed the tags of a link",
  "link.resolved": "Resolved an unknown link",
  "bulk_upload.started": "Started a bulk upload",
  "bulk_upload.paused": "Paused a bulk upload",
  "bulk_upload.resumed": "Resumed a bulk upload",
  "bulk_upload.cancelled": "Cancelled a bulk upload",
  "bulk_upload.finished": "Finished a bulk upload",
  "link.change_not_made": "Requested a change of a link that Hero did not make",
  "patient.looked_up": "Looked up a patient",
  "api_key.created": "Created an API key",
  "api_key.revoked": "Revoked an API key",
  "placement.created": "Created a placement",
  "placement.updated": "Changed a placement",
  "placement.theme_updated": "Changed the theme of a placement",
  "placement.turned_off": "Turned off a placement",
  "placement.turned_on": "Turned on a placement",
  "element_session.created": "Started an element session",
  "element_session.exchanged": "Issued a Hero access token to a page",
  "element_session.ended": "Ended an element session because a used secret was sent again",
  "script.acknowledged": "Reviewed a changed Hero script",
} as const;
export type AuditAction = keyof typeof auditActions;

const activityView = z.object({
  id: z.string(),
  occurredAt: z.string(),
  /** A person's name, or "Portal" for what a job did. */
  actor: z.string(),
  action: z.string(),
  subject: z.object({ type: z.string(), id: z.string(), label: z.string().nullable() }),
  environment: environment.nullable(),
  requestId: z.string(),
});
export type ActivityView = z.infer<typeof activityView>;

export const activityPage = z.object({
  items: z.array(activityView),
  nextCursor: z.string().nullable(),
});
export type ActivityPage = z.infer<typeof activityPage>;
