import { heroId, rowId } from "./text";
import { parseLine } from "./text-line";
import { z } from "./zod";

/** The largest file, in bytes: in base64 it fits into one request, as Hero takes it. */
export const maxAttachmentBytes = 2_000_000;
const tooLarge = "Select a file of up to 2 MB.";

/** What a file may be, by its name's ending. Its content must agree (`file-type.ts`). */
export const attachmentEndings = ["pdf", "png", "jpg", "jpeg"] as const;
const wrongType = "Select a PDF, PNG or JPEG file.";

const maxNameCharacters = 120;
const unsafeInName = /[\\/:*?"<>|]/;

/** The name that the patient sees. */
const fileName = z.string({ error: "Select a file." }).transform((text, ctx) => {
  const refuse = (message: string) => {
    ctx.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  const line = parseLine(text, maxNameCharacters);
  if ("reason" in line) return refuse(`Rename the file. ${line.reason}`);
  if (line.value === "") return refuse("Select a file.");
  if (unsafeInName.test(line.value) || line.value.startsWith(".")) {
    return refuse(
      'Rename the file: its name has one of \\ / : * ? " < > | or starts with a full stop.',
    );
  }
  const ending = line.value.toLowerCase().split(".").at(-1);
  const isKnown = line.value.includes(".") && attachmentEndings.some((each) => each === ending);
  return isKnown ? line.value : refuse(wrongType);
});

const forPatient = {
  /** One for each file that a person selects: a repeat uploads nothing. */
  operationId: rowId,
  practiceId: rowId,
  patientId: heroId("A Hero patient ID contains only digits."),
};

/** A file from a person's device, for a message to this patient. */
export const uploadMessageFileInput = z.object({
  ...forPatient,
  name: fileName,
  /** Base64. */
  data: z
    .string({ error: "Select a file." })
    .min(1, { error: "This file is empty. Select another one." })
    .max(Math.ceil(maxAttachmentBytes / 3) * 4, { error: tooLarge })
    .refine((text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text), {
      error: "Select the file again.",
    }),
});
export type UploadMessageFileInput = z.infer<typeof uploadMessageFileInput>;

/** A file of the patient's clinical record. */
export const attachRecordFileInput = z.object({
  ...forPatient,
  fileId: z
    .string({ error: "Select a file." })
    .trim()
    .regex(/^[A-Za-z0-9._:-]{1,100}$/, { error: "Select a file from the list." }),
});
export type AttachRecordFileInput = z.infer<typeof attachRecordFileInput>;

/** Only a file that is `ready` can go with a message. */
export const messageAttachment = z.object({
  id: z.string(),
  state: z.enum(["pending", "ready", "failed", "unknown"]),
  name: z.string(),
  /** Null for a file of the record: Hero does not say it. */
  bytes: z.number().nullable(),
  /** A sentence: why it cannot go with a message. */
  reason: z.string().nullable(),
});
export type MessageAttachment = z.infer<typeof messageAttachment>;
