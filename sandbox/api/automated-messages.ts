import type {
  GetAutomatedMessageResponse,
  ListAutomatedMessagesResponse,
} from "@/server/hero/generated";
import type { AppointmentRecord, Practice } from "../state/model";
import type { SandboxState } from "../state/sandbox-state";
import { defineOperation } from "./operation";
import { booleanParam, paginate } from "./pagination";
import { notFound } from "./problem";

const dayMs = 24 * 3_600_000;

/** What Hero sends by itself about bookings. Not documented: it follows from the appointments here. */
export const automatedMessageOperations = [
  defineOperation<ListAutomatedMessagesResponse>({
    operationId: "listAutomatedMessages",
    method: "GET",
    path: "/v2/automated_messages",
    scope: "messaging",
    handle: ({ sandbox, practice, query }) => {
      const wanted = (name: "recipient_id" | "status" | "notification_type", value: string) =>
        (query.get(name) ?? value) === value;
      const messages = automatedMessages(sandbox, practice).filter(
        (message) =>
          wanted("recipient_id", message.recipient_id) &&
          wanted("status", message.status) &&
          wanted("notification_type", message.notification_type),
      );
      messages.sort((a, b) => a.created_at.localeCompare(b.created_at));
      if (booleanParam(query, "order_descending")) messages.reverse();
      return paginate(messages, query);
    },
  }),
  defineOperation<GetAutomatedMessageResponse>({
    operationId: "getAutomatedMessage",
    method: "GET",
    path: "/v2/automated_messages/{id}",
    scope: "messaging",
    handle: ({ sandbox, practice, id }) => {
      const found = automatedMessages(sandbox, practice).find((message) => message.id === id);
      if (!found) throw notFound("Automated message");
      return found;
    },
  }),
];

/**
 * A welcome to the practice's first patient; a confirmation and a reminder of each booking by a patient, but
 * neither of one whose mail is suppressed.
 */
function automatedMessages(sandbox: SandboxState, practice: Practice) {
  const bookings = [...sandbox.appointments.values()]
    .filter(
      ({ practiceGroupId, patientId, confirmedAtMs, suppressMail }) =>
        practiceGroupId === practice.practiceGroupId &&
        patientId !== null &&
        confirmedAtMs !== null &&
        !suppressMail,
    )
    .flatMap((appointment) => [
      view(sandbox, appointment, "appointment_confirmation"),
      view(sandbox, appointment, "appointment_reminder"),
    ]);
  return [welcome(sandbox, practice), ...bookings];
}

function welcome(sandbox: SandboxState, { practiceGroupId, ordinal, name }: Practice) {
  const sentAt = "2026-01-05T09:00:00.000Z";
  const patients = [...sandbox.patients.values()];
  const patient = patients.find((each) => each.practiceGroupId === practiceGroupId);
  return {
    id: String(990_000 + ordinal),
    notification_type: "registration_welcome",
    message_type: "email",
    status: "SENT",
    recipient_id: patient?.id ?? "",
    content: `Welcome to ${name}.`,
    created_at: sentAt,
    scheduled_at: sentAt,
    sent_at: sentAt,
  };
}

function view(
  sandbox: SandboxState,
  { id, patientId, confirmedAtMs, cancelledAtMs, startAtMs }: AppointmentRecord,
  type: "appointment_confirmation" | "appointment_reminder",
) {
  const isReminder = type === "appointment_reminder";
  const createdAtMs = confirmedAtMs ?? 0;
  const scheduledAtMs = isReminder ? Math.max(createdAtMs, startAtMs - dayMs) : createdAtMs;
  const isInvalid = isReminder && cancelledAtMs !== null && cancelledAtMs < scheduledAtMs;
  const isSent = !isInvalid && scheduledAtMs <= sandbox.clock.nowMs();
  const toIso = (timestampMs: number) => new Date(timestampMs).toISOString();
  const time = new Date(startAtMs).toLocaleString("en-GB", { timeZone: "Europe/London" });
  return {
    id: `${id}${isReminder ? 2 : 1}`,
    notification_type: type,
    message_type: "email",
    status: isInvalid ? "INVALIDATED" : isSent ? "SENT" : "SCHEDULED",
    recipient_id: patientId ?? "",
    content: `Your appointment is at ${time}.`,
    created_at: toIso(createdAtMs),
    scheduled_at: toIso(scheduledAtMs),
    sent_at: isSent ? toIso(scheduledAtMs) : null,
  };
}
