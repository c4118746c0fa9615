import type { GetMessageResponse, SendMessageResponse } from "@/server/hero/generated";
import { z } from "zod";
import { findMessageOfPractice, dispatchAtMs, messageStatus, sendMessage } from "../state/messages";
import { idField, timestampField } from "./fields";
import { defineOperation } from "./operation";
import { notFound, parseInput } from "./problem";
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

const toIso = (timestampMs: number) => new Date(timestampMs).toISOString();

export const messageOperations = [
  defineOperation<SendMessageResponse>({
    operationId: "sendMessage",
    method: "POST",
    path: "/v1/messages/send",
    scope: "messaging",
    handle: ({ sandbox, practice, key, body }) => {
      const input = parseInput(messageInput, body);
      const linkId = input.short_link_id;
      if (linkId && sandbox.links.get(linkId)?.practiceGroupId !== practice.practiceGroupId)
        throw notFound("Link");
      const message = sendMessage(sandbox, practice, {
        patientId: input.patient_id,
        channel: input.message_type,
        text: input.message_string,
        via: "api",
        submittedBy: `API Partner ${key.partner.toUpperCase()}`,
        sendAtMs: input.send_at === undefined ? undefined : Date.parse(input.send_at),
        linkId,
        isWrittenToRecord: input.write_to_record,
        snomedCode: input.snomed_code,
      });
      if (!message) throw notFound("Patient");
      return {
        message_id: message.id,
        content: message.text,
        created_at: toIso(message.createdAtMs),
        write_to_record: message.isWrittenToRecord,
        submitted_by: message.submittedBy,
        ...(message.snomedCode !== null && { snomed_code: message.snomedCode }),
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
      const status = messageStatus(message, sandbox.clock.nowMs());
      const link = message.linkId === null ? undefined : sandbox.links.get(message.linkId);
      return {
        id: message.id,
        patient: {
          id: patient.id,
          title: patient.person.title,
          first_name: patient.person.firstName,
          last_name: patient.person.lastName,
        },
        ...(message.isWrittenToRecord && {
          write_to_record: {
            write_to_record_at: null,
            status: "pending",
            failure_reason: null,
            snomed_code: message.snomedCode,
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
        created_at: toIso(message.createdAtMs),
        sent_at: status === "scheduled" ? null : toIso(dispatchAtMs(message)),
        scheduled_at: message.sendAtMs === null ? null : toIso(message.sendAtMs),
        status,
        ...(message.adminId !== null && { sent_by_admin: { id: message.adminId } }),
      };
    },
  }),
];
