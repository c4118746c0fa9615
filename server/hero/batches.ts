import "server-only";
import { z } from "zod";
import { env } from "../env";
import { batchStateOf, recipientFailureOf, recipientStateOf } from "./batch-state";
import { HeroError } from "./errors";
import type { BatchChannel, CreateBatchMessageRequest } from "./generated";
import { heroId } from "./ids";
import { messageFailureOf, messageStateOf } from "./message-state";
import { readPages } from "./read-pages";
import { type HeroConnection, type HeroOperation, request } from "./request";
import { type BatchContent, isSameBatch } from "./same-batch";
import { timestamp } from "./timestamp";

/**
 * One text for many patients, without links, variables or a time. Hero finds each patient, and where to
 * send to, by NHS number (ten digits) and date of birth (`YYYY-MM-DD`). An email needs a subject.
 */
export type NewBatch = BatchContent & {
  recipients: readonly { nhs_number: string; dob: string }[];
};

const optional = <Field>(field: z.ZodType<Field>) =>
  field.nullish().transform((value) => value ?? null);
const word = optional(z.string().trim().min(1).max(100));
const text = optional(z.string().max(20_000));

/** Channels have lower-case names in messages and upper-case names in batches. */
const channelsByWord: Readonly<Record<string, BatchChannel>> = {
  sms: "SMS",
  email: "EMAIL",
  nhs_app: "NHS_APP",
};
const channel = word.transform((name) => channelsByWord[name?.toLowerCase() ?? ""] ?? null);

// Fields that a reply lacks are null: what it says is compared with what was sent.
const batch = z
  .object({ id: heroId, name: text, status: word, channel, subject: text, content: text })
  .transform((fields) => ({ ...fields, state: batchStateOf(fields.status) }));

type HeroBatch = z.infer<typeof batch>;

/**
 * `POST /v1/batch_message`: Hero's ID of a batch of which nothing is sent yet. At most `HERO_BATCH_SIZE`
 * recipients (assumption 27). There are no idempotency keys (assumption 5): after an error whose
 * `writeOutcome` is `"unknown"` the batch may exist, and `findBatchByName` looks for it. A reply about
 * another batch, or one that is being sent, is such an error: its ID proves nothing.
 */
export async function createBatch(
  hero: HeroConnection,
  newBatch: NewBatch,
): Promise<{ id: string }> {
  const operation = {
    name: "createBatchMessage",
    method: "POST",
    path: "/v1/batch_message",
  } as const;
  const { name, channel, subject, content, recipients } = newBatch;
  if (recipients.length === 0 || recipients.length > env().HERO_BATCH_SIZE) {
    throw new Error(`A batch cannot have ${recipients.length} recipients.`);
  }
  // Field by field: a value of a wider type must not carry anything else to Hero.
  const body: CreateBatchMessageRequest = {
    name,
    channel,
    ...(subject !== undefined && { subject }),
    content,
    recipients: recipients.map(({ nhs_number, dob }) => ({ nhs_number, dob })),
  };
  const created = await request(hero, operation, { body }, batch);
  const said = {
    ...created,
    channel: created.channel ?? channel,
    content: created.content ?? content,
  };
  const isNew = created.state === "created" || created.status === null;
  if (!isNew || !isSameBatch(said, newBatch)) {
    throw new HeroError("unreadable_reply", operation.name);
  }
  return { id: created.id };
}

/**
 * `PATCH /v1/batch_message/{id}/send`: sends to every recipient, and cannot be undone. Whether Hero sends
 * again after a second call is not documented, so there is one (assumption 77). The reply is not documented
 * and not read: after any error, `getBatch` says whether the batch is still `created`.
 */
export function sendBatch(hero: HeroConnection, id: string): Promise<void> {
  const operation = {
    name: "sendBatchMessage",
    method: "PATCH",
    path: "/v1/batch_message/{id}/send",
  } as const;
  return request(hero, operation, { path: { id } }, "unread");
}

/** `GET /v1/batch_message/{id}`. A reply with another ID is not believed. */
export async function getBatch(hero: HeroConnection, id: string): Promise<HeroBatch> {
  const operation = {
    name: "getBatchMessage",
    method: "GET",
    path: "/v1/batch_message/{id}",
  } as const;
  const found = await request(hero, operation, { path: { id } }, batch);
  if (found.id !== id) throw new HeroError("unreadable_reply", operation.name);
  return found;
}

/** `GET /v1/batch_message`: one page; a reply that is one batch is a list of it (assumption 75). */
export function listBatches(
  hero: HeroConnection,
  page: { index: number; size: number },
): Promise<{ data: HeroBatch[]; count?: number | null | undefined }> {
  const operation = {
    name: "listBatchMessages",
    method: "GET",
    path: "/v1/batch_message",
  } as const;
  const query = { page_index: page.index, page_size: page.size };
  const list = z.object({ data: z.array(batch), count: z.number().nullish() });
  const reply = z.union([list, batch.transform((only) => ({ data: [only], count: null }))]);
  return request(hero, operation, { query }, reply);
}

const pageSize = 100;
const maxPages = 30;

/**
 * The batch with exactly this name, for one whose creation had no readable response. `incomplete`: Hero's
 * list was not read to its end, so nothing is known. `several`: the name proves nothing.
 *
 * @throws HeroError when the list cannot be read
 */
export async function findBatchByName(
  hero: HeroConnection,
  name: string,
): Promise<{ found: "one"; batch: HeroBatch } | { found: "none" | "several" | "incomplete" }> {
  const { items, isComplete } = await readPages(
    (index) => listBatches(hero, { index, size: pageSize }),
    maxPages,
  );
  const [match, ...others] = items.filter((each) => each.name === name);
  if (others.length > 0) return { found: "several" };
  if (!isComplete) return { found: "incomplete" };
  return match ? { found: "one", batch: match } : { found: "none" };
}

/** The fields of a row are not documented (assumption 78): each is read where it is likely to be. */
const readable = <Field>(field: z.ZodType<Field>) => optional(field).catch(null);
const nhsNumber = readable(
  z
    .string()
    .transform((number) => number.replaceAll(/\s/g, ""))
    .pipe(z.string().regex(/^\d{10}$/)),
);
const date = readable(
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}/)
    .transform((moment) => moment.slice(0, 10)),
);
const rowFields = {
  id: readable(heroId),
  patient_id: readable(heroId),
  patient: readable(z.object({ id: readable(heroId), nhs_number: nhsNumber })),
  nhs_number: nhsNumber,
  status: readable(z.string().trim().min(1).max(100)),
};

const recipient = z.object({ ...rowFields, dob: date }).transform((row) => ({
  id: row.id,
  patientId: row.patient_id ?? row.patient?.id ?? null,
  nhsNumber: row.nhs_number ?? row.patient?.nhs_number ?? null,
  dateOfBirth: row.dob,
  /** Hero's own word. */
  status: row.status,
  state: recipientStateOf(row.status),
  /** A sentence, when the state is `failed`. */
  failure: recipientFailureOf(row.status),
}));

type HeroBatchRecipient = z.infer<typeof recipient>;

type BatchRow = { id: string | null; patientId: string | null; nhsNumber: string | null };

/** Every row of a list of a batch, each told from the others by the first of its IDs. */
async function readRows<Row extends BatchRow>(
  hero: HeroConnection,
  operation: HeroOperation,
  id: string,
  row: z.ZodType<Row>,
): Promise<{ rows: Row[]; isComplete: boolean }> {
  const item = row.transform((read) => ({
    id: read.id ?? read.patientId ?? read.nhsNumber ?? "",
    read,
  }));
  const reply = z.object({ data: z.array(item), count: z.number().nullish() });
  const { items, isComplete } = await readPages((index) => {
    const query = { page_index: index, page_size: pageSize };
    return request(hero, operation, { path: { id }, query }, reply);
  }, maxPages);
  return { rows: items.map(({ read }) => read), isComplete };
}

/**
 * `GET /v1/batch_message/{id}/recipients`: the patients, and whether Hero found where to send to.
 * `isComplete` is false when the list was not read to its end, or a row could not be told from another.
 */
export async function listBatchRecipients(
  hero: HeroConnection,
  id: string,
): Promise<{ recipients: HeroBatchRecipient[]; isComplete: boolean }> {
  const operation = {
    name: "listBatchMessageRecipients",
    method: "GET",
    path: "/v1/batch_message/{id}/recipients",
  } as const;
  const { rows, isComplete } = await readRows(hero, operation, id, recipient);
  return { recipients: rows, isComplete };
}

const batchSend = z
  .object({
    ...rowFields,
    message_id: readable(heroId),
    sent_at: readable(timestamp),
    message_type: readable(channel),
    channel: readable(channel),
  })
  .transform((row) => ({
    /** Hero's ID of the message, as `getMessage` reads it. */
    id: row.message_id ?? row.id,
    patientId: row.patient_id ?? row.patient?.id ?? null,
    nhsNumber: row.nhs_number ?? row.patient?.nhs_number ?? null,
    /** Hero's own word. */
    status: row.status,
    state: recipientFailureOf(row.status) === null ? messageStateOf(row.status) : "failed",
    /** A sentence, when the state is `failed`. */
    failure: messageFailureOf(row.status) ?? recipientFailureOf(row.status),
    sentAt: row.sent_at,
    channel: row.message_type ?? row.channel,
  }));

type HeroBatchSend = z.infer<typeof batchSend>;

/**
 * `GET /v1/batch_message/{id}/messages`: the messages that Hero has sent of a batch. A patient who is
 * missing may get one later, unless the batch is completed and `isComplete` is true.
 */
export async function listBatchSends(
  hero: HeroConnection,
  id: string,
): Promise<{ sends: HeroBatchSend[]; isComplete: boolean }> {
  const operation = {
    name: "listBatchMessageSends",
    method: "GET",
    path: "/v1/batch_message/{id}/messages",
  } as const;
  const { rows, isComplete } = await readRows(hero, operation, id, batchSend);
  return { sends: rows, isComplete };
}
