import type { SummaryError } from "@/components/ui/error-summary";
import type { LinkFilters } from "@/server/schemas/links/list";
import type { ReminderPlan } from "@/server/schemas/message-batches";
import type { FallbackChannel, MessageChannel, RecordWrite } from "@/server/schemas/messages";
import { variableField } from "../../messages/draft";

type RecipientSource = "file" | "links";
export type BatchLink = "none" | "shared" | "own";

/** The filters of links that a batch can be sent to, without its practice. */
export type RecipientFilters = Omit<LinkFilters, "practiceId">;

/** What a person fills in. It stays in the page: nothing of it is stored before the batch is created. */
export type BatchDraft = {
  name: string;
  source: RecipientSource;
  /** With `links`: which ones. */
  filters: RecipientFilters;
  channel: MessageChannel | null;
  fallbackChannel: FallbackChannel | null;
  text: string;
  /** Values of the text's typed variables, by name. */
  variables: Record<string, string>;
  link: BatchLink;
  /** With `shared`; empty for none. */
  linkId: string;
  recordWrite: RecordWrite;
  hasReminders: boolean;
  /** As typed. */
  afterDays: string;
  maxTimes: string;
  time: string;
  reminderText: string;
};

export const createBatchDraft = (
  changes: Pick<BatchDraft, "name" | "source" | "filters">,
): BatchDraft => ({
  channel: null,
  fallbackChannel: null,
  text: "",
  variables: {},
  link: changes.source === "links" ? "own" : "none",
  linkId: "",
  recordWrite: "none",
  hasReminders: false,
  afterDays: "7",
  maxTimes: "1",
  time: "14:00",
  reminderText: "",
  ...changes,
});

/** Each patient has a link of their own only when they were found by it. */
export const canHaveOwnLinks = ({ source }: Pick<BatchDraft, "source">): boolean =>
  source === "links";

const hasReminderPlan = ({ link, hasReminders }: BatchDraft): boolean =>
  link === "own" && hasReminders;

/** What is missing before the server is asked, in the order of the fields on screen. */
export function findMissingInBatch(
  draft: BatchDraft,
  variableNames: readonly string[],
  labelOf: (name: string) => string,
): SummaryError[] {
  return [
    draft.name.trim() === "" && { field: "name", message: "Enter a name." },
    draft.channel === null && { field: "channel", message: "Select a channel." },
    draft.text.trim() === "" && { field: "text", message: "Enter the message." },
    ...variableNames.map(
      (name) =>
        (draft.variables[name] ?? "").trim() === "" && {
          field: variableField(name),
          message: `Enter a value for “${labelOf(name)}”.`,
        },
    ),
    draft.link === "shared" &&
      draft.linkId === "" && { field: "linkId", message: "Select a link." },
    ...(hasReminderPlan(draft) ? findReminderErrors(draft) : []),
  ].filter((error) => error !== false);
}

function findReminderErrors({ afterDays, maxTimes, time }: BatchDraft): SummaryError[] {
  const isBetween = (text: string, min: number, max: number) =>
    /^\d{1,3}$/.test(text.trim()) && Number(text) >= min && Number(text) <= max;
  return [
    !isBetween(afterDays, 1, 60) && { field: "afterDays", message: "Enter 1 to 60 days." },
    !isBetween(maxTimes, 1, 5) && { field: "maxTimes", message: "Enter 1 to 5 reminders." },
    !/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(time) && {
      field: "reminderTime",
      message: "Enter a time such as 14:00.",
    },
  ].filter((error) => error !== false);
}

/** What the server stores, without its operation ID and recipients. */
export function toBatchFields(
  draft: BatchDraft & { channel: MessageChannel },
  variableNames: readonly string[],
  practiceId: string,
) {
  const isNote = draft.channel === "note";
  return {
    name: draft.name.trim(),
    practiceId,
    channel: draft.channel,
    fallbackChannel: draft.channel === "nhs_app" ? draft.fallbackChannel : null,
    text: draft.text,
    variables: Object.fromEntries(
      variableNames.map((name) => [name, (draft.variables[name] ?? "").trim()]),
    ),
    link: draft.link,
    linkId: draft.link === "shared" ? draft.linkId : null,
    recordWrite: isNote ? ("none" as const) : draft.recordWrite,
    reminders: hasReminderPlan(draft) ? toReminderPlan(draft) : null,
  };
}

export type BatchFields = ReturnType<typeof toBatchFields>;

const toReminderPlan = (draft: BatchDraft): ReminderPlan => ({
  afterDays: Number(draft.afterDays),
  maxTimes: Number(draft.maxTimes),
  time: draft.time,
  text: draft.reminderText,
});
