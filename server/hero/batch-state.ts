import "server-only";

/**
 * How far a batch has come. Only a `created` one was not sent: any other state, `unknown` too, may have
 * reached patients (assumption 77).
 */
export type HeroBatchState = "created" | "sending" | "completed" | "unknown";

/** Whether Hero found where to send a recipient's message, which it calls enrichment. */
export type HeroRecipientState = "waiting" | "accepted" | "failed" | "unknown";

/** Hero's words, all documented except the second spelling of each (assumption 76). */
const batchStates: Readonly<Record<string, HeroBatchState>> = {
  created: "created",
  pending: "sending",
  queued: "sending",
  sending: "sending",
  in_progress: "sending",
  completed: "completed",
  complete: "completed",
  sent: "completed",
};

const recipientStates: Readonly<Record<string, HeroRecipientState>> = {
  created: "waiting",
  pending: "waiting",
  enriched: "accepted",
  queued: "accepted",
  enrichment_error: "failed",
  invalid_payload: "failed",
};

/** Sentences for people. */
const recipientFailures: Readonly<Record<string, string>> = {
  enrichment_error: "Hero found no patient, or no contact details, to send to.",
  invalid_payload: "Hero did not accept the NHS number or date of birth.",
};

function find<Value>(table: Readonly<Record<string, Value>>, status: string | null) {
  const word = (status ?? "")
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** The state for Hero's word, in any case. */
export const batchStateOf = (status: string | null): HeroBatchState =>
  find(batchStates, status) ?? "unknown";

/** The state for Hero's word for a recipient, in any case. */
export const recipientStateOf = (status: string | null): HeroRecipientState =>
  find(recipientStates, status) ?? "unknown";

/** Why nothing is sent to a recipient, for people; null for a word that does not say so. */
export const recipientFailureOf = (status: string | null): string | null =>
  find(recipientFailures, status) ?? null;
