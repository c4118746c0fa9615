import type { GetMessageResponse, SendMessageResponse } from "@/server/hero/generated";
import { z } from "zod";
import { findMessageOfPractice, leavesAtMs, messageStatus, sendMessage } from "../state/messages";
import { idField, momentField } from "./fields";
import { operation } from "./operation";
import { notFound, parsed } from "./problem";
import { statusOfLink } from "./short-links";

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
  send_at: momentField.optional(),
});

const isoOf = (ms: number) => new Date(ms).toISOString();

export const messageOperations = [
  operation<SendMessageResponse>({
    operationId: "sendMessage",
    method: "POST",
    path: "/v1/messages/send",
    scope: "messaging",
    answer: ({ world, practice, key, body }) => {
      const input = parsed(messageInput, body);
      const linkId = input.short_link_id;
      if (linkId && world.links.get(linkId)?.groupId !== practice.groupId) throw notFound("Link");
      const message = sendMessage(world, practice, {
        patientId: input.patient_id,
        channel: input.message_type,
        text: input.message_string,
        via: "api",
        submittedBy: `API Partner ${key.partner.toUpperCase()}`,
        sendAtMs: input.send_at === undefined ? undefined : Date.parse(input.send_at),
        linkId,
        isForRecord: input.write_to_record,
        snomedCode: input.snomed_code,
      });
      if (!message) throw notFound("Patient");
      return {
        message_id: message.id,
        content: message.text,
        created_at: isoOf(message.createdAtMs),
        write_to_record: message.isForRecord,
        submitted_by: message.submittedBy,
        ...(message.snomedCode !== null && { snomed_code: message.snomedCode }),
        ...(message.sendAtMs !== null && { send_at: isoOf(message.sendAtMs) }),
      };
    },
  }),
  operation<GetMessageResponse>({
    operationId: "getMessage",
    method: "GET",
    path: "/v1/messages/{id}",
    scope: "messaging",
    answer: ({ world, practice, id }) => {
      const message = findMessageOfPractice(world, practice, id);
      const patient = message && world.patients.get(message.patientId);
      if (!message || !patient) throw notFound("Message");
      const status = messageStatus(message, world.clock.nowMs());
      const link = message.linkId === null ? undefined : world.links.get(message.linkId);
      return {
        id: message.id,
        patient: {
          id: patient.id,
          title: patient.person.title,
          first_name: patient.person.firstName,
          last_name: patient.person.lastName,
        },
        ...(message.isForRecord && {
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
            status: statusOfLink(world, link),
          },
        }),
        created_at: isoOf(message.createdAtMs),
        sent_at: status === "scheduled" ? null : isoOf(leavesAtMs(message)),
        scheduled_at: message.sendAtMs === null ? null : isoOf(message.sendAtMs),
        status,
        ...(message.adminId !== null && { sent_by_admin: { id: message.adminId } }),
      };
    },
  }),
];
