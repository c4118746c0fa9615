import { z } from "./zod";

/** What an open page can wait for changes of. */
const liveTopics = [
  "links",
  "bulk_uploads",
  "deliveries",
  "destinations",
  "practices",
  "messages",
  "tasks",
] as const;
export type LiveTopic = (typeof liveTopics)[number];

/** How often a stream without changes shows that it is alive, and its session is checked. */
export const livePingMs = 20_000;

const liveChange = z.object({
  topic: z.enum(liveTopics),
  /** Null: any of the topic. */
  subjectId: z.string().nullable(),
});
export type LiveChange = z.infer<typeof liveChange>;

export const liveEvent = z.object({
  /** Number of the last batch that is included; where to resume. */
  position: z.number(),
  /** Everything may have changed: what came after the caller's position is not known any more. */
  isReload: z.boolean(),
  changes: z.array(liveChange),
});
export type LiveEvent = z.infer<typeof liveEvent>;

/**
 * The position of the page or event that the caller has, under the name that an `EventSource` resumes with.
 * One that is not known gives a reload.
 */
export const livePositionInput = z.object({
  lastEventId: z
    .string({ error: "Send the position as text." })
    .regex(/^\d{1,15}$/, { error: "Send the position as digits." }),
});
export type LivePositionInput = z.infer<typeof livePositionInput>;

/** A stream of `liveEvent`, each of which the router checks as it leaves. */
export const liveStream = z.custom<AsyncIterable<[string, LiveEvent, symbol]>>(
  (value) => typeof value === "object" && value !== null && Symbol.asyncIterator in value,
);
