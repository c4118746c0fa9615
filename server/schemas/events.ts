import { eventType } from "./event-types";
import { pageSize, rowId } from "./text";
import { z } from "./zod";

export const listEventsInput = z.object({
  type: eventType.optional(),
  practiceId: rowId.optional(),
  cursor: rowId.optional(),
  limit: pageSize(50),
});
export type ListEventsInput = z.input<typeof listEventsInput>;

export const eventIdInput = z.object({ eventId: rowId });
export type EventIdInput = z.infer<typeof eventIdInput>;

export const listSendingsInput = z.object({
  destinationId: rowId,
  cursor: rowId.optional(),
  limit: pageSize(25),
});
export type ListSendingsInput = z.input<typeof listSendingsInput>;

const eventSummary = z.object({
  id: z.string(),
  type: z.string(),
  occurredAt: z.string(),
  practice: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** Your own reference for the link. */
  reference: z.string().nullable(),
});
export type EventSummary = z.infer<typeof eventSummary>;

export const eventPage = z.object({
  items: z.array(eventSummary),
  nextCursor: z.string().nullable(),
});
export type EventPage = z.infer<typeof eventPage>;

/** One event on its way to one destination. Of an answer only its status is kept. */
const sendingFields = {
  state: z.enum(["waiting", "delivered", "given_up"]),
  attempts: z.number(),
  lastAttempt: z
    .object({
      attemptedAt: z.string(),
      status: z.number().nullable(),
      errorCode: z.string().nullable(),
    })
    .nullable(),
  /** Null unless it waits. */
  nextAttemptAt: z.string().nullable(),
};

const sendingView = z.object({
  event: z.object({ id: z.string(), type: z.string(), occurredAt: z.string() }),
  ...sendingFields,
});
export type SendingView = z.infer<typeof sendingView>;

export const sendingPage = z.object({
  items: z.array(sendingView),
  nextCursor: z.string().nullable(),
});
export type SendingPage = z.infer<typeof sendingPage>;

export const eventView = eventSummary.extend({
  subjectId: z.string(),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  sendings: z.array(
    z.object({
      destination: z.object({ id: z.string(), name: z.string(), isDeleted: z.boolean() }),
      ...sendingFields,
    }),
  ),
});
export type EventView = z.infer<typeof eventView>;
