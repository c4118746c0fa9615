import { fieldNames } from "./bulk-upload-fields";
import { isSafeHeading } from "./bulk-upload-headings";
import { maxBulkUploadRows, maxRowNumber, maxRowsPerChunk } from "./bulk-upload-limits";
import { localDate, optionalLocalDate } from "./date-fields";
import { linkTexts } from "./links/fields";
import { nhsNumberMessage } from "./links/rules";
import { containsNhsNumber } from "./nhs-number";
import { patientDetails, patientIdentity } from "./patients";
import { formId, textLine, optionalHeroId, rowId } from "./text";
import { z } from "./zod";

const wholeNumber = (message: string, max: number) =>
  z
    .number({ error: message })
    .int({ error: message })
    .min(1, { error: message })
    .max(max, { error: message });
const rowNumber = wholeNumber("Enter a row number from 1 to 1,048,576.", maxRowNumber);
const maxUses = wholeNumber("A link can allow 1 to 10,000 bookings.", 10_000);

/**
 * A row as the browser uploads it, with the file's defaults filled in. `rowNumber` is the
 * number that a spreadsheet shows for the row. It has `identity` (to look up), `patientId` (Hero's) or both, which
 * must be of one patient, or neither for a link that anyone can use. Hero's record of the patient must agree
 * with `otherDetails`.
 */
export const bulkUploadRow = z.object(
  {
    rowNumber,
    reference: linkTexts.reference,
    identity: patientIdentity.optional(),
    patientId: optionalHeroId("A Hero patient ID can only have digits."),
    otherDetails: patientDetails.optional(),
    practiceId: rowId,
    appointmentTypeId: optionalHeroId("Select an appointment type."),
    locationId: optionalHeroId("Select a location."),
    practitionerId: optionalHeroId("Select a practitioner from the list."),
    formId: formId("Select a form.").optional(),
    name: linkTexts.name,
    tags: linkTexts.tags,
    slotsFrom: optionalLocalDate("first date"),
    slotsTo: optionalLocalDate("last date"),
    expiresOn: localDate("expiry date", "Enter the expiry date."),
    maxUses: maxUses,
  },
  { error: "Enter a row." },
);
export type BulkUploadRow = z.infer<typeof bulkUploadRow>;

/** Video links are created one by one. */
const bulkUploadKind = z.enum(["booking", "form"], {
  error: "Select booking links or form links.",
});
export type BulkUploadKind = z.infer<typeof bulkUploadKind>;

/** Rows follow in chunks. The same operation ID returns the same bulk upload. */
export const createBulkUploadInput = z.object({
  operationId: rowId,
  name: textLine("a name", 80).refine((text) => !containsNhsNumber(text), {
    error: nhsNumberMessage,
  }),
  kind: bulkUploadKind,
  rowCount: z
    .number({ error: "Enter the number of rows." })
    .int({ error: "Enter the number of rows." })
    .min(1, { error: "A file needs at least one row." })
    .max(maxBulkUploadRows, { error: "A file can have at most 50,000 rows." }),
  /** Also for patients who already have a live link for the same appointment type or form. */
  allowsDuplicates: z
    .boolean({ error: "Choose whether patients may get a second link." })
    .default(false),
  /** Heading by field. Never the text of a cell: colleagues see it, and it stays when the rows are deleted. */
  columns: z.partialRecord(
    z.enum(fieldNames, { error: "This is not a field of a row." }),
    z
      .string({ error: "Enter a heading." })
      .max(200, { error: "This heading is too long." })
      .refine(isSafeHeading, {
        error: "This may be a patient's details, not a heading. Leave it out.",
      }),
    {
      error: "Enter a heading for each field.",
    },
  ),
});
export type CreateBulkUploadInput = z.input<typeof createBulkUploadInput>;

/** Row numbers that were received before are ignored. */
export const addBulkUploadRowsInput = z.object({
  bulkUploadId: rowId,
  rows: z
    .array(bulkUploadRow, { error: "Enter the rows." })
    .min(1, { error: "Enter at least one row." })
    .max(maxRowsPerChunk, { error: "Enter up to 1,000 rows at a time." }),
});
export type AddBulkUploadRowsInput = z.infer<typeof addBulkUploadRowsInput>;

export const bulkUploadIdInput = z.object({ bulkUploadId: rowId });
export type BulkUploadIdInput = z.infer<typeof bulkUploadIdInput>;

/** If there are fewer free slots than recipients, `confirmedRecipients` must repeat their number. */
export const startBulkUploadInput = z.object({
  bulkUploadId: rowId,
  confirmedRecipients: z
    .number({ error: "Enter the number of recipients." })
    .int({ error: "Enter the number of recipients." })
    .optional(),
});
export type StartBulkUploadInput = z.infer<typeof startBulkUploadInput>;

/** Links to create and free slots (null if unknown), by distinct choice. */
export const bulkUploadCheck = z.object({
  recipients: z.number(),
  hasTooFewSlots: z.boolean(),
  choices: z.array(
    z.object({
      practiceName: z.string(),
      description: z.string(),
      recipients: z.number(),
      freeSlots: z.number().nullable(),
    }),
  ),
});
export type BulkUploadCheck = z.infer<typeof bulkUploadCheck>;

const bulkUploadState = z.enum(["uploading", "running", "paused", "cancelled", "finished"]);
export type BulkUploadState = z.infer<typeof bulkUploadState>;

export const bulkUploadRowState = z.enum(
  ["waiting", "working", "created", "failed", "unknown", "cancelled"],
  { error: "Select a row state." },
);
export type BulkUploadRowState = z.infer<typeof bulkUploadRowState>;

export const bulkUploadView = z.object({
  id: z.string(),
  name: z.string(),
  kind: bulkUploadKind,
  state: bulkUploadState,
  pauseReason: z.string().nullable(),
  /** Rows of the file, and rows received so far. */
  rowCount: z.number(),
  receivedCount: z.number(),
  counts: z.record(bulkUploadRowState, z.number()),
  /** Rows finished in the last minute; null if there are none. */
  rowsPerMinute: z.number().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  /** When rows and results are deleted; null once they are. */
  rowsExpireAt: z.string().nullable(),
});
export type BulkUploadView = z.infer<typeof bulkUploadView>;

export const bulkUploadList = z.array(bulkUploadView);

/** Without the identity, which is never returned. */
const bulkUploadRowView = z.object({
  rowNumber: z.number(),
  reference: z.string().nullable(),
  state: bulkUploadRowState,
  reason: z.string().nullable(),
  linkId: z.string().nullable(),
  url: z.string().nullable(),
});

export const listBulkUploadRowsInput = z.object({
  bulkUploadId: rowId,
  state: bulkUploadRowState.optional(),
  /** The last row number of the previous page. */
  cursor: z
    .number({ error: "This page is not valid." })
    .int({ error: "This page is not valid." })
    .min(0, { error: "This page is not valid." })
    .max(maxRowNumber, { error: "This page is not valid." })
    .default(0),
});
export type ListBulkUploadRowsInput = z.input<typeof listBulkUploadRowsInput>;

export const bulkUploadRowPage = z.object({
  items: z.array(bulkUploadRowView),
  nextCursor: z.number().nullable(),
});
export type BulkUploadRowPage = z.infer<typeof bulkUploadRowPage>;

/** Column mappings of earlier files, newest first. */
export const bulkUploadColumns = z.array(z.record(z.string(), z.string()));
