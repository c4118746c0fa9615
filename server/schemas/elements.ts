import { rowId } from "./text";
import { z } from "./zod";

export const practiceElementsInput = z.object({ practiceId: rowId });
export type PracticeElementsInput = z.infer<typeof practiceElementsInput>;

/** What Hero assigned to a practice: `tag` names an entry of the catalogue, or is null for what we do not know. */
const assignedElement = z.object({
  tag: z.string().nullable(),
  version: z.string().nullable(),
  /** As Hero sent it, JSON text of at most 4,000 characters. */
  raw: z.string(),
});
export type AssignedElement = z.infer<typeof assignedElement>;

export const practiceElements = z.object({ items: z.array(assignedElement) });
export type PracticeElements = z.infer<typeof practiceElements>;

const sha256 = z
  .string({ error: "Name the version by its SHA-256." })
  .regex(/^[0-9a-f]{64}$/, { error: "Name the version by its SHA-256." });

export const acknowledgeScriptInput = z.object({
  url: z.url({ error: "Name the script by its address." }),
  sha256,
});
export type AcknowledgeScriptInput = z.infer<typeof acknowledgeScriptInput>;

/**
 * One script of Hero's that is watched. The version that stands there now comes first, then those that
 * stood there last; at most 20. Moments are ISO strings in UTC.
 */
export const monitoredScript = z.object({
  tag: z.string(),
  url: z.string(),
  /** When a look last succeeded; null before the first one that did. */
  lastSuccessAt: z.string().nullable(),
  lastFailure: z.string().nullable(),
  /** The version that stands there now is not the first ever seen, and nobody of the organisation looked at it. */
  needsReview: z.boolean(),
  versions: z.array(
    z.object({
      sha256: z.string(),
      size: z.number(),
      firstSeenAt: z.string(),
      acknowledgedBy: z.string().nullable(),
      acknowledgedAt: z.string().nullable(),
    }),
  ),
});
export type MonitoredScript = z.infer<typeof monitoredScript>;
