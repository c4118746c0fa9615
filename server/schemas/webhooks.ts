import { heroEventType } from "./event-types";
import { rowId } from "./text";
import { z } from "./zod";

const maxPractices = 500;

/** The event types wanted of each practice, all of them: those left out are not wanted any more. */
export const subscribeInput = z.object({
  practices: z
    .array(
      z.object(
        {
          practiceId: rowId,
          eventTypes: z
            .array(heroEventType, { error: "Select event types from the list." })
            .max(50, { error: "Select event types from the list." }),
        },
        { error: "Select practices from the list." },
      ),
      { error: "Select practices from the list." },
    )
    .min(1, { error: "Select a practice." })
    .max(maxPractices, { error: `Change at most ${maxPractices} practices at once.` }),
});
export type SubscribeInput = z.infer<typeof subscribeInput>;

/** Practices to compare with Hero's list, or to repair. */
export const webhookPracticesInput = z.object({
  practiceIds: z
    .array(rowId, { error: "Select practices from the list." })
    .min(1, { error: "Select a practice." })
    .max(maxPractices, { error: `Select at most ${maxPractices} practices.` }),
});
export type WebhookPracticesInput = z.infer<typeof webhookPracticesInput>;

export const endpointIdInput = z.object({ endpointId: rowId });
export type EndpointIdInput = z.infer<typeof endpointIdInput>;

/**
 * `registering`: requested, or waiting to be; `unknown`: Hero's reply was lost, and its list will show it;
 * `lost`: registered once, and not listed by Hero any more.
 */
const endpointStates = ["registering", "active", "unknown", "failed", "lost"] as const;
export type EndpointState = (typeof endpointStates)[number];

export const endpointView = z.object({
  id: z.string(),
  practiceId: z.string(),
  eventType: z.string(),
  state: z.enum(endpointStates),
  /** Why it is failed, unknown or lost. */
  failure: z.string().nullable(),
  /** When the present signing key was created. */
  keyCreatedAt: z.string().nullable(),
  /** A new key waits to be shown by Hero's list. */
  isRotating: z.boolean(),
  /** The last time at which a replaced key is still accepted. */
  oldKeyAcceptedUntil: z.string().nullable(),
  firstVerifiedAt: z.string().nullable(),
  lastVerifiedAt: z.string().nullable(),
});
export type EndpointView = z.infer<typeof endpointView>;

const foreignRegistrationView = z.object({
  eventType: z.string(),
  kind: z.enum(["changed", "extra"]),
});

/** Counts of the last 24 hours, the oldest first. */
const endpointHealth = z.object({
  received: z.array(z.number()),
  refused: z.number(),
  late: z.number(),
});

const practiceWebhooks = z.object({
  practiceId: z.string(),
  name: z.string(),
  practiceGroupId: z.string(),
  endpoints: z.array(endpointView),
  /** When its registrations were last compared with Hero's list. */
  checkedAt: z.string().nullable(),
  checkFailure: z.string().nullable(),
  foreign: z.array(foreignRegistrationView),
  health: endpointHealth,
});
export type PracticeWebhooks = z.infer<typeof practiceWebhooks>;

export const webhookOverview = z.object({
  practices: z.array(practiceWebhooks),
  /** Event types among the latest deliveries that the portal does not know. */
  unknownEventTypes: z.array(z.string()),
  /** The first verified delivery from Hero: since then Hero can reach the portal. */
  reachableSince: z.string().nullable(),
});
export type WebhookOverview = z.infer<typeof webhookOverview>;

/** Whether the portal's own address answered a signed test event. It proves nothing of Hero. */
export const endpointTest = z.object({
  isAnswered: z.boolean(),
  status: z.number().nullable(),
  durationMs: z.number(),
  /** What to fix; null when it answered. */
  problem: z.string().nullable(),
});
export type EndpointTest = z.infer<typeof endpointTest>;
