import { rowId } from "./text";
import { z } from "./zod";

export const practiceElementsInput = z.object({ practiceId: rowId });
export type PracticeElementsInput = z.infer<typeof practiceElementsInput>;

/** Assigned by Hero. `tag` is null for an element that is not in the catalogue. */
const assignedElement = z.object({
  tag: z.string().nullable(),
  version: z.string().nullable(),
  /** Hero's JSON, at most 4,000 characters. */
  raw: z.string(),
});
export type AssignedElement = z.infer<typeof assignedElement>;

export const practiceElements = z.object({ items: z.array(assignedElement) });
export type PracticeElements = z.infer<typeof practiceElements>;

const sha256 = z
  .string({ error: "Enter the version's SHA-256." })
  .regex(/^[0-9a-f]{64}$/, { error: "Enter the version's SHA-256." });

export const acknowledgeScriptInput = z.object({
  url: z.url({ error: "Enter the script's address." }),
  sha256,
});
export type AcknowledgeScriptInput = z.infer<typeof acknowledgeScriptInput>;

/** A script that is checked daily. Current version first, at most 20. Timestamps are ISO 8601 in UTC. */
export const monitoredScript = z.object({
  tag: z.string(),
  url: z.string(),
  /** Null before the first successful check. */
  lastSuccessAt: z.string().nullable(),
  lastFailure: z.string().nullable(),
  /** The current version is not the first, and no one in the organisation has reviewed it. */
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
