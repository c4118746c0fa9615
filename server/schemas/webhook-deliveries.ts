import { pageSize, rowId } from "./text";
import { z } from "./zod";

const deliveryStates = ["waiting", "done", "kept", "quarantined", "failed"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** The periods that a list or a chart can show, in hours: a week has 168, thirty days 720. */
export const deliveryPeriods = { hour: 1, day: 24, week: 168, month: 720 } as const;
const periodNames = Object.keys(deliveryPeriods) as [DeliveryPeriod, ...DeliveryPeriod[]];
export type DeliveryPeriod = keyof typeof deliveryPeriods;
export const deliveryPeriod = z.enum(periodNames, { error: "Select a period from the list." });

/** Hero may send types that the portal does not know. */
const eventType = z.string({ error: "Enter an event type." }).regex(/^[^\p{C}]{1,200}$/u, {
  error: "Enter an event type of at most 200 characters.",
});

const deliveryFilters = {
  practiceId: rowId.optional(),
  eventType: eventType.optional(),
  isLate: z.boolean({ error: "Send true or false." }).optional(),
  period: deliveryPeriod.optional(),
};

export const listDeliveriesInput = z.object({
  ...deliveryFilters,
  state: z.enum(deliveryStates, { error: "Select a state from the list." }).optional(),
  cursor: rowId.optional(),
  limit: pageSize(50),
});
export type ListDeliveriesInput = z.input<typeof listDeliveriesInput>;

export const deliveryAttentionInput = z.object(deliveryFilters);
export type DeliveryAttentionInput = z.infer<typeof deliveryAttentionInput>;

export const deliveryIdInput = z.object({ deliveryId: rowId });
export type DeliveryIdInput = z.infer<typeof deliveryIdInput>;

export const endpointHealthInput = z.object({ endpointId: rowId, period: deliveryPeriod });
export type EndpointHealthInput = z.infer<typeof endpointHealthInput>;

const practice = z.object({ id: z.string(), name: z.string() });

const deliverySummary = z.object({
  id: z.string(),
  practice,
  endpointId: z.string(),
  /** As the body names it; null when the body could not be read. */
  eventType: z.string().nullable(),
  objectType: z.string().nullable(),
  /** Null for a patient's ID, which is personal. */
  objectId: z.string().nullable(),
  state: z.enum(deliveryStates),
  /** A code of what followed, or of why nothing did. */
  outcome: z.string().nullable(),
  receivedAt: z.string(),
  isLate: z.boolean(),
  /** How often Hero sent the same again. */
  repeats: z.number(),
});
export type DeliverySummary = z.infer<typeof deliverySummary>;

export const deliveryPage = z.object({
  items: z.array(deliverySummary),
  nextCursor: z.string().nullable(),
});
export type DeliveryPage = z.infer<typeof deliveryPage>;

/** Deliveries that had no effect and need a person, by cause. */
export const deliveryAttention = z.array(
  z.object({
    state: z.enum(["quarantined", "failed"]),
    outcome: z.string().nullable(),
    count: z.number(),
    latestAt: z.string(),
  }),
);
export type DeliveryAttention = z.infer<typeof deliveryAttention>;

export const deliveryView = deliverySummary.extend({
  /** The event type for which its address was registered. */
  registeredEventType: z.string(),
  /** The time that Hero signed; null when the header could not be read as a time. */
  sentAt: z.string().nullable(),
  attempts: z.number(),
  nextAttemptAt: z.string().nullable(),
  processedAt: z.string().nullable(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  bodySize: z.number(),
  /** The body without what can be personal; null when it was erased. */
  maskedBody: z.string().nullable(),
});
export type DeliveryView = z.infer<typeof deliveryView>;

export const shownBody = z.object({
  text: z.string(),
  /** False when bytes that are not UTF-8 were replaced: a signature over the text would then differ. */
  isExact: z.boolean(),
});
export type ShownBody = z.infer<typeof shownBody>;

const endpointHours = z.object({
  /** Start of the hour, or of the UK day when the period is longer than a day. */
  from: z.string(),
  received: z.number(),
  verified: z.number(),
  refused: z.number(),
  late: z.number(),
  quarantined: z.number(),
  /** From the signed time to the arrival, of verified deliveries in time; null when there were none. */
  averageLagMs: z.number().nullable(),
  maxLagMs: z.number().nullable(),
});
export type EndpointHours = z.infer<typeof endpointHours>;

export const endpointHealth = z.object({
  practice,
  eventType: z.string(),
  isRemoved: z.boolean(),
  firstVerifiedAt: z.string().nullable(),
  lastVerifiedAt: z.string().nullable(),
  unit: z.enum(["hour", "day"]),
  /** Every hour or day of the period, the oldest first. */
  spans: z.array(endpointHours),
});
export type EndpointHealth = z.infer<typeof endpointHealth>;
