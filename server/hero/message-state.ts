import "server-only";

/** What became of a message that Hero has accepted. */
export type HeroMessageState = "in_progress" | "delivered" | "opened" | "failed";

/** What became of the entry in the patient's record. */
export type HeroRecordWriteState = "in_progress" | "written" | "failed";

const rejected = "The supplier rejected it.";
const undelivered =
  "It could not be delivered. Check the patient's number or address, and contact the patient another way.";
const failed = "Hero could not send it.";

/** Of Hero's words for a message only `delivered` is documented (assumption 23). */
const statesByWord: Readonly<Record<string, HeroMessageState>> = {
  scheduled: "in_progress",
  pending: "in_progress",
  queued: "in_progress",
  sending: "in_progress",
  sent: "in_progress",
  delivered: "delivered",
  received: "delivered",
  opened: "opened",
  read: "opened",
  seen: "opened",
};

/** Words for a message that reached nobody, each with a sentence for people. */
const failuresByWord: Readonly<Record<string, string>> = {
  failed,
  failure: failed,
  error: failed,
  permanent_failure: undelivered,
  temporary_failure: undelivered,
  technical_failure: failed,
  undelivered,
  undeliverable: undelivered,
  not_delivered: undelivered,
  delivery_failed: undelivered,
  bounced: undelivered,
  rejected,
  blocked: rejected,
  expired: "It was not delivered in time.",
  opted_out: "The patient has opted out of messages.",
  unsubscribed: "The patient has opted out of messages.",
  cancelled: "It was cancelled in Hero.",
  canceled: "It was cancelled in Hero.",
};

/** Of the words for a record write none is documented (assumption 23). */
const recordWritesByWord: Readonly<Record<string, HeroRecordWriteState>> = {
  success: "written",
  succeeded: "written",
  successful: "written",
  completed: "written",
  written: "written",
  saved: "written",
  failed: "failed",
  failure: "failed",
  error: "failed",
  rejected: "failed",
  refused: "failed",
};

const normalise = (status: string) =>
  status
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");

function find<Value>(table: Readonly<Record<string, Value>>, status: string | null) {
  const word = normalise(status ?? "");
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** The state for Hero's word, in any case. A word that is not recognised is in progress. */
export const messageStateOf = (status: string | null): HeroMessageState =>
  messageFailureOf(status) === null ? (find(statesByWord, status) ?? "in_progress") : "failed";

/** Why a message failed, for people; null for a word that does not say that it failed. */
export const messageFailureOf = (status: string | null): string | null =>
  find(failuresByWord, status) ?? null;

/** The state for Hero's word for a record write, in any case. A word that is not recognised is in progress. */
export const recordWriteStateOf = (status: string | null): HeroRecordWriteState =>
  find(recordWritesByWord, status) ?? "in_progress";
