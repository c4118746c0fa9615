import "server-only";
import { z } from "zod";
import { HeroError } from "./errors";
import { heroId } from "./ids";
import { readPages } from "./read-pages";
import { type HeroConnection, request } from "./request";
import { timestamp } from "./timestamp";
import { fieldsOf, findList, firstText } from "./undocumented";

/** A message that Hero sends by itself, such as a reminder. Null means that Hero does not say. */
export type HeroAutomatedMessage = {
  readonly id: string;
  /** Hero's own words. */
  readonly type: string | null;
  readonly status: string | null;
  readonly channel: string | null;
  readonly recipientId: string | null;
  readonly createdAt: string | null;
  readonly scheduledAt: string | null;
  readonly sentAt: string | null;
  /** About a patient. */
  readonly text: string | null;
};

/** Hero does not document the fields (assumption 74): likely ones are used. Null without any ID. */
function readMessage(value: unknown, requestedId?: string): HeroAutomatedMessage | null {
  const fields = fieldsOf(value);
  const id = heroId.safeParse(fields.id ?? fields.message_id ?? requestedId).data;
  if (!id) return null;
  const at = (...values: unknown[]) =>
    values.map((each) => timestamp.safeParse(each).data).find(Boolean) ?? null;
  const recipient = fieldsOf(fields.recipient ?? fields.patient);
  return {
    id,
    type: firstText(fields.notification_type, fields.type, fields.name),
    status: firstText(fields.status, fields.state),
    channel: firstText(fields.message_type, fields.channel),
    recipientId:
      heroId.safeParse(fields.recipient_id ?? recipient.id ?? fields.patient_id).data ?? null,
    createdAt: at(fields.created_at, fields.createdAt),
    scheduledAt: at(fields.scheduled_at, fields.send_at, fields.scheduledAt),
    sentAt: at(fields.sent_at, fields.sentAt),
    text: firstText(fields.content, fields.text, fields.body, fields.message_string),
  };
}

const pageSize = 100;
const maxPages = 5;

/**
 * `GET /v2/automated_messages`: what Hero sends by itself for the practice, newest first. What cannot be read
 * is left out, and the list is not complete then.
 *
 * @throws HeroError when the first page cannot be read
 */
export async function listAutomatedMessages(
  hero: HeroConnection,
): Promise<{ messages: HeroAutomatedMessage[]; isComplete: boolean }> {
  const operation = {
    name: "listAutomatedMessages",
    method: "GET",
    path: "/v2/automated_messages",
  } as const;
  const { items, isComplete } = await readPages(async (index) => {
    const query = {
      page_index: index,
      page_size: pageSize,
      orderBy: "createdAt",
      order_descending: true,
    };
    const reply = await request(hero, operation, { query }, z.unknown());
    const list = findList(reply, "data", "automated_messages", "messages");
    if (!list) return { data: [], unreadable: 1 };
    const count = z.number().safeParse(fieldsOf(reply).count).data;
    const messages = list.map((each) => readMessage(each)).filter((each) => each !== null);
    return { data: messages, unreadable: list.length - messages.length, count };
  }, maxPages);
  return { messages: items, isComplete };
}

/** `GET /v2/automated_messages/{id}`. A reply with another ID is not believed; one without has the requested ID. */
export async function getAutomatedMessage(
  hero: HeroConnection,
  id: string,
): Promise<HeroAutomatedMessage> {
  const operation = {
    name: "getAutomatedMessage",
    method: "GET",
    path: "/v2/automated_messages/{id}",
  } as const;
  const reply = await request(hero, operation, { path: { id } }, z.unknown());
  const found = readMessage(fieldsOf(reply).data ?? reply, id);
  if (found?.id !== id) throw new HeroError("unreadable_reply", operation.name);
  return found;
}
