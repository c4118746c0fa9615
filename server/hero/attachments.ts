import "server-only";
import { z } from "zod";
import type { AttachmentLinkRequest } from "./generated";
import { heroId } from "./ids";
import { type HeroConnection, request } from "./request";
import { patientUrl } from "./web-url";

const text = z.string().min(1).max(1000);

/** Hero documents the id only; the names of other fields are guesses (assumption 58). */
const attachment = z.looseObject({ id: heroId }).transform((item) => ({
  id: item.id,
  name: firstText(item.name, item.file_name, item.filename, item.title),
  createdAt: firstText(item.created_at, item.date),
}));

const firstText = (...values: unknown[]): string | null =>
  values.map((value) => text.safeParse(value)).find(({ success }) => success)?.data ?? null;

export type HeroAttachment = z.infer<typeof attachment>;

/**
 * `GET /v1/patients/{id}/attachments`: the files in the patient's clinical record. `isComplete` is false
 * when Hero counts more than it sent (assumption 11).
 */
export function listPatientAttachments(
  hero: HeroConnection,
  patientId: string,
): Promise<{ attachments: HeroAttachment[]; isComplete: boolean }> {
  const operation = {
    name: "listPatientAttachments",
    method: "GET",
    path: "/v1/patients/{id}/attachments",
  } as const;
  const reply = z
    .object({ data: z.array(attachment), count: z.number().nullish() })
    .transform(({ data, count }) => ({
      attachments: data,
      isComplete: (count ?? 0) <= data.length,
    }));
  return request(hero, operation, { path: { id: patientId } }, reply);
}

/** A file of the clinical record, or one that is uploaded: `file_data` is its content in base64 (assumption 70). */
export type NewAttachmentLink = Pick<AttachmentLinkRequest, "expiry_date" | "maximum_use_count"> &
  (
    | { ehr_file_id: string; patient_id?: string; file_data?: never; file_name?: never }
    | { file_data: string; file_name: string; patient_id: string; ehr_file_id?: never }
  );

/**
 * `POST /v1/attachment_links`: a link to one file. `expiry_date` is `YYYY-MM-DD`. `uuid` attaches the file to
 * a message. After an error whose `writeOutcome` is `"unknown"` a link may exist.
 */
export function createAttachmentLink(
  hero: HeroConnection,
  body: NewAttachmentLink,
): Promise<{ url: string; uuid: string }> {
  const operation = {
    name: "createAttachmentLink",
    method: "POST",
    path: "/v1/attachment_links",
  } as const;
  const reply = z
    .object({ attachment_link: patientUrl(hero.environment), attachment_uuid: heroId })
    .transform(({ attachment_link, attachment_uuid }) => ({
      url: attachment_link,
      uuid: attachment_uuid,
    }));
  return request(hero, operation, { body }, reply);
}
