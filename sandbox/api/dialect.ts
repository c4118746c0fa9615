import { addDays, endOfLondonDayMs, isLocalDate, londonDate } from "../state/time";
import type { SandboxState } from "../state/sandbox-state";
import { linkUrl } from "../state/links";
import { jsonReply, type Reply } from "./apply-fault";
import type { OperationCall } from "./operation";

/** What the second dialect changes. */
export const dialectParts = [
  "bodies",
  "casing",
  "changes",
  "compression",
  "dates",
  "errors",
  "merges",
  "numbers",
  "pages",
  "types",
  "webhooks",
  "windows",
] as const;
type DialectPart = (typeof dialectParts)[number];
export type Dialect = ReadonlySet<DialectPart>;

/**
 * A second way to answer wherever Hero's documentation leaves a choice (`docs/assumptions.md`): the client
 * may not depend on the first. A key with a suffix such as `.second` or `.second-test` selects all of it,
 * one such as `.second-only-pages-test` one part.
 */
export function dialectOf(key: string | undefined): Dialect {
  const [, words] = /\.second((?:-[\w]+)*)$/.exec(key ?? "") ?? [];
  if (words === undefined) return new Set();
  const [, part] = /^-only-([a-z]+)/.exec(words) ?? [];
  return new Set(dialectParts.filter((name) => part === undefined || name === part));
}

type Json = Record<string, unknown>;

const asObject = (value: unknown): Json =>
  typeof value === "object" && value !== null ? (value as Json) : {};

/** The call as the sandbox itself reads it. */
export function fromDialect(
  dialect: Dialect,
  operationId: string,
  call: OperationCall,
): OperationCall {
  const body = { ...asObject(call.body) };
  const query = new URLSearchParams(call.query);
  if (dialect.has("windows")) {
    // The last date is not included.
    const toDate = body.to_date;
    if (typeof toDate === "string" && isLocalDate(toDate)) body.to_date = addDays(toDate, -1);
    const endDate = query.get("end_date");
    if (endDate !== null && isLocalDate(endDate)) query.set("end_date", addDays(endDate, -1));
  }
  if (dialect.has("pages")) {
    // Pages start at 1; page 0 is the first page too.
    const page = query.get("page_index");
    if (page !== null) query.set("page_index", String(Math.max(0, Number(page) - 1)));
    // Pages of slots are shorter than requested.
    if (operationId === "listSlots" && Number(query.get("page_size")) > 20) {
      query.set("page_size", "20");
    }
  }
  if (dialect.has("changes") && operationId === "updateBookingLink") {
    // A change keeps the number of uses, and ignores an expiry date in the past.
    delete body.maximum_use_count;
    const today = londonDate(call.sandbox.clock.nowMs());
    if (typeof body.expiry_date === "string" && body.expiry_date < today) delete body.expiry_date;
  }
  // A practice keeps its name.
  if (dialect.has("changes") && operationId === "updatePracticeGroup") delete body.name;
  return { ...call, body, query };
}

const changeOperations = new Set([
  "connectPatientEhr",
  "mergePatient",
  "updateBookingLink",
  "updatePracticeGroup",
  "editAppointment",
  "bookAppointment",
  "cancelAppointment",
  "rescheduleAppointment",
  "deleteWebhook",
]);

/** The response in a dialect. */
export function toDialect(
  dialect: Dialect,
  { operationId, id }: { operationId: string; id: string },
  sandbox: SandboxState,
  reply: Reply,
): Reply {
  const value = asObject(JSON.parse(reply.body));
  if (reply.status >= 400) return dialect.has("errors") ? toOtherError(operationId, reply) : reply;
  if (dialect.has("bodies")) {
    // A change is confirmed without a body, and a reservation without the end of its hold.
    if (changeOperations.has(operationId)) return { ...jsonReply(204, null), body: "" };
    if (operationId === "createAppointment") value.reserved_until = null;
    if (operationId === "registerPatient") return jsonReply(200, { id: value.patient_id });
    if (operationId === "sendMessage") {
      return jsonReply(200, { message_id: Number(value.message_id) });
    }
    if (operationId === "createBatchMessage") {
      return jsonReply(200, { id: Number(value.id), name: value.name });
    }
    if (operationId === "listBatchMessages" && Array.isArray(value.data)) {
      // As in the published sample.
      const [only, ...others] = value.data;
      if (only && others.length === 0) {
        return jsonReply(200, changeValues(dialect, operationId, only));
      }
    }
    if (operationId === "listBatchMessageRecipients" && Array.isArray(value.data)) {
      value.data = value.data.map(({ nhs_number, status }: Json) => ({
        nhs_number: String(nhs_number).replace(/^(\d{3})(\d{3})(\d{4})$/, "$1 $2 $3"),
        status,
      }));
    }
    if (operationId === "listBatchMessageSends" && Array.isArray(value.data)) {
      value.data = value.data.map((item: Json) => ({
        message_id: item.id,
        patient_id: asObject(item.patient).id,
        status: item.status,
      }));
    }
    if (operationId === "listTemplates" && Array.isArray(value.data)) {
      const templates = value.data.map((item: Json) => ({
        template_id: item.id,
        title: item.name,
        body: item.content,
      }));
      return jsonReply(200, { templates });
    }
    if (operationId === "listPatientAttachments" && Array.isArray(value.data)) {
      value.data = value.data.map((item: Json) => ({
        id: item.id,
        file_name: item.name,
        date: item.created_at,
      }));
    }
    const link = typeof value.id === "string" ? sandbox.links.get(value.id) : undefined;
    if (operationId === "createBookingLink" && link) {
      return jsonReply(200, { id: Number(link.id), short_link: linkUrl(sandbox, link) });
    }
    if (operationId === "createFormLink" && link) {
      return jsonReply(200, { short_link_id: Number(link.id), url: linkUrl(sandbox, link) });
    }
    if (operationId === "createVideoLink" && link) {
      return jsonReply(200, { url: linkUrl(sandbox, link) });
    }
  }
  if (dialect.has("merges")) {
    // The id of a merged record gives an empty list, and the record of the body is the main one.
    if (operationId === "getPatientById" && value.id !== id) return emptyList;
    if (operationId === "previewPatientMerge") {
      const { main_patient, incoming_patient } = value;
      Object.assign(value, { main_patient: incoming_patient, incoming_patient: main_patient });
    }
  }
  if (operationId === "getMessage") changeMessage(dialect, value);
  if (dialect.has("types") && operationId === "listShortLinks") removeVideoLinks(value);
  if (operationId === "getTask") changeTask(dialect, value);
  if (operationId === "listTasks" && Array.isArray(value.data)) {
    for (const task of value.data) changeTask(dialect, asObject(task));
  }
  if (operationId === "getAutomatedMessage" && dialect.has("bodies")) {
    return jsonReply(200, { data: toOtherMessage(value) });
  }
  if (operationId === "listAutomatedMessages" && Array.isArray(value.data)) {
    if (dialect.has("bodies")) return jsonReply(200, value.data.map(toOtherMessage));
  }
  if (operationId === "listBatchMessageSends" && Array.isArray(value.data)) {
    for (const item of value.data) changeMessage(dialect, asObject(item));
  }
  if (dialect.has("pages") && Array.isArray(value.data)) value.count = value.data.length;
  return jsonReply(reply.status, changeValues(dialect, operationId, value));
}

const emptyList = jsonReply(200, { data: [], count: 0 });

/** Another body, without the documented fields; an unknown patient is still being searched for. */
function toOtherError(operationId: string, { status, body }: Reply): Reply {
  if (status === 404 && operationId === "registerPatientPds") {
    return jsonReply(200, { message: "Your request is queued." });
  }
  // A slot that is taken is a conflict.
  const isTaken = body.includes("slot_unavailable");
  return jsonReply(isTaken ? 409 : status, { errors: [{ title: "Failed" }] });
}

const linkTypes: Json = { booking: "BookingLink", form: "FormLink", video: "VideoLink" };

/** The list of short links may lack this kind. */
function removeVideoLinks(list: Json): void {
  const all = Array.isArray(list.data) ? list.data : [];
  const others = all.filter((item: Json) => item.type !== "video");
  list.data = others;
  list.count = Number(list.count) - (all.length - others.length);
}

const appointmentStates: Record<string, string> = {
  reserved: "pending",
  booked: "confirmed",
  cancelled: "canceled",
  lapsed: "expired",
};
const timestamps = new Set([
  "sent_at",
  "write_to_record_at",
  "start_time",
  "finish_time",
  "reserved_until",
  "booking_confirmed_at",
]);

const messageStates: Record<string, string> = {
  queued: "accepted",
  sent: "submitted",
  opened: "read",
  undelivered: "delivery failed",
};
const batchStates: Record<string, string> = { SENDING: "IN_PROGRESS", COMPLETED: "SENT" };
const recordWriteStates: Record<string, string> = {
  pending: "awaiting approval",
  succeeded: "completed",
  failed: "error",
};

/** Other words for what became of a message and its record entry, and no channel. */
function changeMessage(dialect: Dialect, message: Json): void {
  if (dialect.has("bodies")) delete message.message_type;
  const change = (words: Record<string, string>, status: unknown) => {
    const word = String(status);
    const other = dialect.has("types") ? (words[word] ?? word) : word;
    return dialect.has("casing") ? other.toUpperCase() : other;
  };
  message.status = change(messageStates, message.status);
  if (message.write_to_record) {
    const recordWrite = asObject(message.write_to_record);
    recordWrite.status = change(recordWriteStates, recordWrite.status);
  }
}

/** Other words for a task's state, and nothing that Hero does not document. */
function changeTask(dialect: Dialect, task: Json): void {
  if (dialect.has("types") && task.assignee_type === "admin") task.assignee_type = "Admin";
  if (dialect.has("casing")) task.status = String(task.status).toUpperCase().replace("_", " ");
  if (!dialect.has("bodies")) return;
  const { id, type_label, status, details, category, patient } = task;
  for (const name of Object.keys(task)) delete task[name];
  const { id: patientId, dob } = asObject(patient);
  Object.assign(task, { id, type_label, status, details, category });
  task.patient = { id: patientId, dob };
}

/** An automated message in other likely fields. */
const toOtherMessage = (message: Json) => ({
  id: Number(message.id),
  name: message.notification_type,
  state: message.status,
  channel: message.message_type,
  patient: { id: message.recipient_id },
  body: message.content,
  createdAt: message.created_at,
  sentAt: message.sent_at,
});

/** The same moment, with an offset of one hour. */
const withOffset = (timestamp: string) =>
  new Date(Date.parse(timestamp) + 3_600_000).toISOString().replace("Z", "+01:00");

/**
 * IDs as numbers, expiry at the next midnight, timestamps for dates and with an offset, other words and
 * another case of words.
 */
function changeValues(dialect: Dialect, operationId: string, value: unknown, name = ""): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => changeValues(dialect, operationId, item, name));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        changeValues(dialect, operationId, item, key),
      ]),
    );
  }
  if (typeof value !== "string") return value;
  const isLink = /link/i.test(operationId);
  if (dialect.has("numbers") && /(^|_)id$/.test(name) && /^[1-9]\d{0,14}$/.test(value)) {
    return Number(value);
  }
  if (dialect.has("types") && isLink && name === "type") return linkTypes[value] ?? value;
  const isAppointmentStatus = operationId === "getAppointmentStatus" && name === "status";
  if (isAppointmentStatus) {
    const word = dialect.has("types") ? (appointmentStates[value] ?? value) : value;
    return dialect.has("casing") ? word.toUpperCase() : word;
  }
  if (dialect.has("dates") && timestamps.has(name)) return withOffset(value);
  if (dialect.has("dates") && name === "expiry_date") {
    return new Date(endOfLondonDayMs(londonDate(Date.parse(value))) + 1).toISOString();
  }
  if (dialect.has("dates") && name === "dob") return `${value}T00:00:00.000Z`;
  const isBatch = /batch/i.test(operationId);
  const isCased =
    (isLink && name === "status") ||
    (isBatch && (name === "status" || name === "channel")) ||
    name === "capabilities";
  const word = isBatch && dialect.has("types") ? (batchStates[value] ?? value) : value;
  if (!dialect.has("casing") || !isCased) return word;
  return isBatch ? word.toLowerCase() : word.toUpperCase();
}
