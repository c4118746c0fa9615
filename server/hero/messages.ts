import "server-only";
import { z } from "zod";
import { HeroError } from "./errors";
import type { MessageChannel, SendMessageRequest } from "./generated";
import { heroId } from "./ids";
import { messageFailureOf, messageStateOf, recordWriteStateOf } from "./message-state";
import { plainText } from "./plain-text";
import { type HeroConnection, request } from "./request";
import { timestamp } from "./timestamp";

/**
 * A message to one patient. Hero shows the API key as its author (assumption 26), and has no subject for an
 * email. `message_type` `hero` reaches nobody. Without contact details Hero uses those of the record; a
 * fallback needs `fallback_message_type` (assumption 67). The text has the address of the link, and
 * `short_link_id` only names it (assumption 68).
 *
 * No type here has `send_at`, because nothing at Hero can be recalled, or `encrypted` (assumption 25).
 */
export type NewMessage = Pick<
  SendMessageRequest,
  | "patient_id"
  | "message_type"
  | "message_string"
  | "recipient_contact_detail"
  | "fallback_message_type"
  | "fallback_contact_detail"
  | "write_to_record"
  | "auto_write_to_record"
  | "snomed_code"
  | "snomed_term"
  | "attachment_uuid"
  | "short_link_id"
>;

// Older replies have only the ID. `auth_token` and the address for approving the record entry are not read.
const sentMessage = z.object({
  message_id: heroId,
  content: z.string().nullish(),
  patient_id: heroId.nullish(),
});

/**
 * `POST /v1/messages/send`: Hero's ID of the message, with which Hero has accepted it. There are no
 * idempotency keys and no list of messages (assumption 5): after an error whose `writeOutcome` is
 * `"unknown"` the patient may get the message, and nothing can find it. A reply about another text or
 * patient is such an error: its ID proves nothing (assumption 66).
 */
export async function sendMessage(
  hero: HeroConnection,
  message: NewMessage,
): Promise<{ id: string }> {
  const operation = { name: "sendMessage", method: "POST", path: "/v1/messages/send" } as const;
  // Field by field: a value of a wider type must not carry anything else to Hero.
  const body: NewMessage = {
    patient_id: message.patient_id,
    message_type: message.message_type,
    message_string: message.message_string,
    recipient_contact_detail: message.recipient_contact_detail,
    fallback_message_type: message.fallback_message_type,
    fallback_contact_detail: message.fallback_contact_detail,
    write_to_record: message.write_to_record,
    auto_write_to_record: message.auto_write_to_record,
    snomed_code: message.snomed_code,
    snomed_term: message.snomed_term,
    attachment_uuid: message.attachment_uuid,
    short_link_id: message.short_link_id,
  };
  const { message_id, content, patient_id } = await request(hero, operation, { body }, sentMessage);
  // Hero may add to the text, such as the practice's name.
  const hasText = content == null || plainText(content).includes(plainText(message.message_string));
  const hasPatient = patient_id == null || patient_id === message.patient_id;
  if (!hasText || !hasPatient) throw new HeroError("unreadable_reply", operation.name);
  return { id: message_id };
}

const channels = ["hero", "sms", "email", "nhs_app"] as const satisfies MessageChannel[];
const word = z.string().trim().min(1).max(100).nullish();

const message = z
  .object({
    id: heroId,
    patient: z.object({ id: heroId.nullish() }).nullish(),
    short_link: z.object({ id: heroId.nullish() }).nullish(),
    status: word,
    sent_at: timestamp.nullish().catch(null),
    /** Not documented (assumption 71). */
    message_type: z.enum(channels).nullish().catch(null),
    write_to_record: z
      .object({
        status: word,
        failure_reason: z.string().trim().max(1000).nullish().catch(null),
        write_to_record_at: timestamp.nullish().catch(null),
      })
      .nullish(),
  })
  .transform(({ id, patient, short_link, status, sent_at, message_type, write_to_record }) => ({
    id,
    /** The caller compares it; null when Hero does not say. */
    patientId: patient?.id ?? null,
    linkId: short_link?.id ?? null,
    /** Hero's own word. */
    status: status ?? null,
    state: messageStateOf(status ?? null),
    /** A sentence, when the state is `failed`. */
    failure: messageFailureOf(status ?? null),
    sentAt: sent_at ?? null,
    /** The channel that it went through, which a fallback changes; null when Hero does not say. */
    channel: message_type ?? null,
    recordWrite: write_to_record
      ? {
          status: write_to_record.status ?? null,
          state: recordWriteStateOf(write_to_record.status ?? null),
          /** Hero's own text. */
          failure: write_to_record.failure_reason || null,
          writtenAt: write_to_record.write_to_record_at ?? null,
        }
      : null,
  }));

export type HeroMessage = z.infer<typeof message>;

/** `GET /v1/messages/{id}`: how far a message has come. A reply with another ID is not believed. */
export async function getMessage(hero: HeroConnection, id: string): Promise<HeroMessage> {
  const operation = { name: "getMessage", method: "GET", path: "/v1/messages/{id}" } as const;
  const found = await request(hero, operation, { path: { id } }, message);
  if (found.id !== id) throw new HeroError("unreadable_reply", operation.name);
  return found;
}
