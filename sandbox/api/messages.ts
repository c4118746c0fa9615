import type {
  GetMessageResponse,
  MessageChannel,
  SendMessageResponse,
} from "@/server/hero/generated";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { reachOf } from "../state/contacts";
import {
  dispatchAtMs,
  findMessageOfPractice,
  messageProgress,
  recordWriteProgress,
  sendMessage,
} from "../state/messages";
import type { ApiKey, PatientRecord, Practice, RecordWriteRecord } from "../state/model";
import { findPatientOfPractice, survivorOf } from "../state/patients";
import type { SandboxState } from "../state/sandbox-state";
import { idField, timestampField } from "./fields";
import { defineOperation } from "./operation";
import { invalidField, notFound, parseInput, problem } from "./problem";
import { shortLinkStatus } from "./short-links";

const messageInput = z.object({
  patient_id: idField,
  message_type: z.enum(["hero", "sms", "email", "nhs_app"]),
  message_string: z.string().min(1),
  recipient_contact_detail: z.string().optional(),
  fallback_contact_detail: z.string().optional(),
  fallback_message_type: z.enum(["sms", "email"]).optional(),
  write_to_record: z.boolean().optional(),
  encrypted: z.union([z.boolean(), z.string()]).optional(),
  snomed_code: z.string().optional(),
  snomed_term: z.string().optional(),
  auto_write_to_record: z.boolean().optional(),
  task_id: z.string().optional(),
  attachment_uuid: z.string().min(1).optional(),
  short_link_id: z.string().min(1).optional(),
  assignee_id: z.number().optional(),
  assignee_type: z.string().optional(),
  send_at: timestampField.optional(),
});
type MessageInput = z.infer<typeof messageInput>;

const toIso = (timestampMs: number) => new Date(timestampMs).toISOString();

export const messageOperations = [
  defineOperation<SendMessageResponse>({
    operationId: "sendMessage",
    method: "POST",
    path: "/v1/messages/send",
    scope: "messaging",
    handle: ({ sandbox, practice, key, body }) => {
      const input = parseInput(messageInput, body);
      const { message_type: channel, fallback_message_type: fallbackChannel } = input;
      const patient = findRecipient(sandbox, practice, input);
      requireOwnLinks(sandbox, practice, patient, input);
      requireChannel(practice, channel);
      if (fallbackChannel) requireChannel(practice, fallbackChannel);
      const message = sendMessage(sandbox, practice, {
        patientId: patient.id,
        channel,
        text: input.message_string,
        via: "api",
        submittedBy: `API Partner ${key.partner.toUpperCase()}`,
        sendAtMs: input.send_at === undefined ? undefined : Date.parse(input.send_at),
        contact:
          channel === "sms" || channel === "email"
            ? contactFor(channel, patient, input, "recipient_contact_detail")
            : undefined,
        fallback:
          channel === "nhs_app" && fallbackChannel
            ? {
                channel: fallbackChannel,
                contact: contactFor(fallbackChannel, patient, input, "fallback_contact_detail"),
              }
            : null,
        linkId: input.short_link_id,
        attachmentUuid: input.attachment_uuid,
        recordWrite: requestRecordWrite(sandbox, key, input),
      });
      if (!message) throw notFound("Patient");
      const { recordWrite } = message;
      return {
        message_id: message.id,
        content: message.text,
        created_at: toIso(message.createdAtMs),
        write_to_record: recordWrite !== null,
        auth_token: `canary-auth-token-${randomUUID()}`,
        submitted_by: message.submittedBy,
        ...(recordWrite && { snomed_code: recordWrite.snomedCode }),
        ...(recordWrite?.approvedAtMs === null && {
          confirm_write_to_record_url: `${sandbox.publicUrl}/approve/${message.id}`,
        }),
        ...(message.sendAtMs !== null && { send_at: toIso(message.sendAtMs) }),
      };
    },
  }),
  defineOperation<GetMessageResponse>({
    operationId: "getMessage",
    method: "GET",
    path: "/v1/messages/{id}",
    scope: "messaging",
    handle: ({ sandbox, practice, id }) => {
      const message = findMessageOfPractice(sandbox, practice, id);
      const patient = message && sandbox.patients.get(message.patientId);
      if (!message || !patient) throw notFound("Message");
      const { status, channel } = messageProgress(message, sandbox.clock.nowMs());
      const link = message.linkId === null ? undefined : sandbox.links.get(message.linkId);
      const write = message.recordWrite && recordWriteProgress(sandbox, message);
      return {
        id: message.id,
        patient: {
          id: patient.id,
          title: patient.person.title,
          first_name: patient.person.firstName,
          last_name: patient.person.lastName,
        },
        ...(write && {
          write_to_record: {
            write_to_record_at: write.writtenAtMs === null ? null : toIso(write.writtenAtMs),
            status: write.status,
            failure_reason: write.failureReason,
            snomed_code: message.recordWrite?.snomedCode ?? null,
          },
        }),
        ...(link && {
          short_link: {
            id: link.id,
            type: link.kind,
            name: null,
            status: shortLinkStatus(sandbox, link),
          },
        }),
        // Not documented.
        message_type: channel,
        created_at: toIso(message.createdAtMs),
        sent_at: status === "scheduled" ? null : toIso(dispatchAtMs(message)),
        scheduled_at: message.sendAtMs === null ? null : toIso(message.sendAtMs),
        status,
        ...(message.adminId !== null && { sent_by_admin: { id: message.adminId } }),
      };
    },
  }),
];

/**
 * The patient, or the one that their record was merged into. Which patients Hero refuses to contact is not
 * documented; a note may be about anyone.
 */
function findRecipient(
  sandbox: SandboxState,
  practice: Practice,
  { patient_id, message_type }: MessageInput,
): PatientRecord {
  const own = findPatientOfPractice(sandbox, practice, patient_id);
  if (!own || own.mergedInto?.reply === "empty_list") throw notFound("Patient");
  const patient = survivorOf(sandbox, own);
  const { deceasedOn, isRestricted } = patient.person;
  const mayBeContacted = deceasedOn === null && !isRestricted && !patient.isArchived;
  if (message_type !== "hero" && !mayBeContacted) {
    throw invalidField(["patient_id"], "custom", "a patient who may be contacted");
  }
  return patient;
}

/** A link and a file of the practice, for anyone or for this patient. */
function requireOwnLinks(
  sandbox: SandboxState,
  practice: Practice,
  patient: PatientRecord,
  { short_link_id, attachment_uuid }: MessageInput,
): void {
  const isOwn = (item: { practiceGroupId: string; patientId: string | null } | undefined) =>
    item?.practiceGroupId === practice.practiceGroupId &&
    (item.patientId === null || item.patientId === patient.id);
  if (short_link_id && !isOwn(sandbox.links.get(short_link_id))) throw notFound("Link");
  const file = [...sandbox.attachmentLinks.values()].find(({ uuid }) => uuid === attachment_uuid);
  if (attachment_uuid && !isOwn(file)) throw notFound("Attachment");
}

function requireChannel(practice: Practice, channel: MessageChannel): void {
  if (channel !== "hero" && !practice.capabilities.includes(`${channel}_messaging`)) {
    throw problem(403, `Unauthorised: the practice lacks ${channel}_messaging`);
  }
}

/** The number or address that was sent, or the one of the patient's record. */
function contactFor(
  channel: "sms" | "email",
  { person }: PatientRecord,
  input: MessageInput,
  field: "recipient_contact_detail" | "fallback_contact_detail",
): string {
  const contact = input[field] ?? (channel === "sms" ? person.mobile : person.email);
  if (reachOf(channel, contact) === "refused") {
    const expected = channel === "sms" ? "a UK mobile number" : "an email address";
    throw invalidField([field], "custom", expected);
  }
  return contact;
}

/** The documented defaults, by channel. */
const snomedDefaults = {
  sms: { code: "279991000000102", term: "SMS text message sent to patient" },
  other: { code: "401271004", term: "Email/notification sent to patient" },
};

function requestRecordWrite(
  sandbox: SandboxState,
  key: ApiKey,
  input: MessageInput,
): RecordWriteRecord | null {
  const isAutomatic = input.auto_write_to_record === true && key.mayWriteToRecord;
  if (!input.write_to_record && !isAutomatic) return null;
  const { code, term } = snomedDefaults[input.message_type === "sms" ? "sms" : "other"];
  return {
    snomedCode: input.snomed_code ?? code,
    snomedTerm: input.snomed_term ?? term,
    approvedAtMs: isAutomatic ? sandbox.clock.nowMs() : null,
  };
}
