import type {
  CreateAttachmentLinkResponse,
  ListPatientAttachmentsResponse,
} from "@/server/hero/generated";
import { randomBytes, randomUUID } from "node:crypto";
import { z } from "zod";
import { findPatientOfPractice } from "../state/patients";
import { idField, localDateField } from "./fields";
import { defineOperation } from "./operation";
import { listResponse } from "./pagination";
import { invalidField, notFound, parseInput } from "./problem";

const linkInput = z.object({
  ehr_file_id: z.string().min(1).optional(),
  // Hero does not document the encoding.
  file_data: z.base64().min(1).optional(),
  file_name: z.string().min(1).optional(),
  patient_id: idField.optional(),
  expiry_date: localDateField.optional(),
  maximum_use_count: z.int().min(1).optional(),
});

export const attachmentOperations = [
  defineOperation<ListPatientAttachmentsResponse>({
    operationId: "listPatientAttachments",
    method: "GET",
    path: "/v1/patients/{id}/attachments",
    scope: null,
    handle: ({ sandbox, practice, id }) => {
      if (!findPatientOfPractice(sandbox, practice, id)) throw notFound("Patient");
      // Hero documents the id only.
      return listResponse(
        [...sandbox.attachments.values()]
          .filter(({ patientId }) => patientId === id)
          .map(({ id: fileId, name, createdAt }) => ({ id: fileId, name, created_at: createdAt })),
      );
    },
  }),
  defineOperation<CreateAttachmentLinkResponse>({
    operationId: "createAttachmentLink",
    method: "POST",
    path: "/v1/attachment_links",
    scope: "booking_links",
    maxBodyBytes: 15_000_000,
    handle: ({ sandbox, practice, body }) => {
      const input = parseInput(linkInput, body);
      const file = sandbox.attachments.get(input.ehr_file_id ?? "");
      if (input.ehr_file_id === undefined) {
        if (input.file_data === undefined) {
          throw invalidField(["file_data"], "custom", "ehr_file_id or file_data");
        }
        if (input.patient_id && !findPatientOfPractice(sandbox, practice, input.patient_id)) {
          throw notFound("Patient");
        }
      } else {
        const patientId = file?.patientId ?? "";
        const isOtherPatient = input.patient_id !== undefined && input.patient_id !== patientId;
        if (!findPatientOfPractice(sandbox, practice, patientId) || isOtherPatient) {
          throw notFound("File");
        }
      }
      const code = randomBytes(16).toString("base64url");
      const uuid = randomUUID();
      sandbox.attachmentLinks.set(code, {
        uuid,
        practiceGroupId: practice.practiceGroupId,
        patientId: file?.patientId ?? input.patient_id ?? null,
        fileName: file?.name ?? input.file_name ?? "File",
        bytes: file ? null : Buffer.byteLength(input.file_data ?? "", "base64"),
        expiresOn: input.expiry_date ?? null,
        maxUses: input.maximum_use_count ?? null,
        uses: 0,
      });
      return {
        attachment_link: `${sandbox.publicUrl}/a/${code}`,
        attachment_uuid: uuid,
      };
    },
  }),
];
