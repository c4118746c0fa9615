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
  "patient.registered": "Registered a patient",
  "patient.opened": "Opened a patient's record",
  "patient.identifiers_shown": "Showed a patient's identifiers",
  "patient.look_ups_paused": "Look-ups paused after too many that matched no patient",
  "patient.connected": "Connected a patient to a clinical record",
  "patient.connection_unknown": "No proof from Hero that a patient was connected",
  "patient.connection_failed": "Failed to connect a patient to a clinical record",
  "patient.not_matched": "Said that a clinical record is not the patient's",
  "patient.not_matched_withdrawn": "Took back that a clinical record is not the patient's",
  "patient.candidates_listed": "Compared a patient with clinical records",
  "patient.merged_elsewhere": "Found a merge from outside the portal",
  "patient.held_items_released": "Released what was held after a merge",
  "attachment_link.created": "Created a link to a patient's file",
  "attachment_link.unknown": "No response from Hero about a link to a patient's file",
  "merge.previewed": "Compared two patient records",
  "merge.requested": "Requested a merge",
  "merge.refused": "Refused a merge",
  "merge.withdrawn": "Withdrew a merge request",
  "merge.approved": "Approved a merge",
  "merge.made": "Merged two patient records",
  "merge.accepted": "Hero accepted a merge that does not show yet",
  "merge.failed": "Failed to merge two patient records",
  "merge.unknown": "No response from Hero about a merge",
  "appointment.requested": "Requested a time from Hero",
  "appointment.reserved": "Held a time for an appointment",
  "appointment.failed": "Failed to hold a time",
  "appointment.unknown": "No response from Hero about an appointment",
  "appointment.booked": "Booked an appointment",
  "appointment.edited": "Changed an appointment before booking it",
  "appointment.released": "Let go of a held time",
  "appointment.lapsed": "A held time lapsed",
  "appointment.cancelled": "Cancelled an appointment",
  "appointment.rescheduled": "Moved an appointment",
  "appointment.changed_elsewhere": "Found a change of an appointment from outside the portal",
  "appointment.change_failed": "Requested a change of an appointment that Hero did not make",
  "appointment.change_unknown": "No proof from Hero of a change of an appointment",
  "practice.settings_change_requested": "Requested a change of the practice's name or address",
  "practice.settings_changed": "Changed the practice's name or address at Hero",
  "practice.settings_change_not_made": "Requested a change of the practice that Hero did not make",
  "practice.settings_change_unknown": "No proof from Hero of a change of the practice",
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
