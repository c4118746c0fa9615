import { environment } from "./environments";
import { pageSize, rowId } from "./text";
import { z } from "./zod";

export const listActivityInput = z.object({
  cursor: rowId.optional(),
  limit: pageSize(50),
});
export type ListActivityInput = z.input<typeof listActivityInput>;

/** Every change that leaves an audit row, with the words people read. */
export const auditActions = {
  "organisation.created": "Created the organisation",
  "practice.connected": "Connected the practice",
  "practice.reconnected": "Connected the practice again",
  "practice.renamed": "Changed the practice's nickname",
  "practice.disconnected": "Disconnected the practice",
  "credential.added": "Added a Hero API key",
  "credential.replaced": "Replaced the Hero API key",
  "credential.refused": "Hero refused the API key",
  "credential.recovered": "Hero accepts the API key again",
  "link.requested": "Asked Hero for a link",
  "link.created": "Made a link",
  "link.failed": "Could not make a link",
  "link.unknown": "Lost Hero's answer about a link",
  "link.changed": "Changed a link",
  "link.closed": "Closed a link",
  "link.reopened": "Opened a closed link again",
  "link.tagged": "Changed the tags of a link",
  "link.settled": "Settled a link whose fate was unknown",
  "bulk.started": "Started making links of a file",
  "bulk.paused": "Paused making links of a file",
  "bulk.resumed": "Went on making links of a file",
  "bulk.cancelled": "Cancelled making links of a file",
  "bulk.finished": "Finished making links of a file",
  "patient.looked_up": "Looked a patient up",
  "api_key.created": "Made a portal API key",
  "api_key.revoked": "Revoked a portal API key",
  "placement.created": "Made a placement",
  "placement.changed": "Changed a placement",
  "placement.theme_changed": "Changed the theme of a placement",
  "placement.switched_off": "Switched a placement off",
  "placement.switched_on": "Switched a placement on",
  "element_session.created": "Opened an element session",
  "element_session.exchanged": "Gave a page an access token of Hero's",
  "element_session.ended": "Ended an element session whose spent secret came again",
  "script.acknowledged": "Looked at a changed script of Hero's",
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
