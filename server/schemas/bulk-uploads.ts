import { localDate, optionalLocalDate } from "./dates";
import { linkKind, linkTexts } from "./links/fields";
import { patientIdentity } from "./patients";
import { formId, textLine, optionalHeroId, optionalTextLine, rowId } from "./text";
import { z } from "./zod";

/** Most rows of one file, and of one part of it on its way to the portal. */
export const maxBulkUploadRows = 50_000;
export const maxRowsPerChunk = 1_000;

const wholeNumber = (message: string, max: number) =>
  z
    .number({ error: message })
    .int({ error: message })
    .min(1, { error: message })
    .max(max, { error: message });
const rowNumber = wholeNumber("Rows are numbered from 1 to 50,000.", maxBulkUploadRows);
const maxUses = wholeNumber("A link can allow 1 to 10,000 bookings.", 10_000);

/**
 * One row of a file as the browser sends it: checked, and with the file's own choices filled in.
 * `rowNumber` is 1 for the first row below the headings. The patient is named by one of `identity`
 * (looked up) and `patientId` (Hero's), or by neither for a link anyone may use.
 */
export const bulkUploadRow = z.object(
  {
    rowNumber,
    reference: linkTexts.reference,
    identity: patientIdentity.optional(),
    patientId: optionalHeroId("A Hero patient id has only digits."),
    practiceId: rowId,
    appointmentTypeId: optionalHeroId("Choose an appointment type."),
    locationId: optionalHeroId("Choose a location."),
    practitionerId: optionalHeroId("Choose a practitioner from the list."),
    formId: formId("Choose a form.").optional(),
    name: optionalTextLine("a name", 80),
    slotsFrom: optionalLocalDate("Enter the first day as a real date."),
    slotsTo: optionalLocalDate("Enter the last day as a real date."),
    expiresOn: localDate("Enter the day the link stops working."),
    maxUses: maxUses,
  },
  { error: "A row is an object." },
);
export type BulkUploadRow = z.infer<typeof bulkUploadRow>;

/** Opens a bulk; rows follow in parts. The same operation id gives the same bulk again. */
export const createBulkUploadInput = z.object({
  operationId: rowId,
  name: textLine("a name", 80),
  kind: linkKind,
  rowCount: z
    .number({ error: "Say how many rows the file has." })
    .int({ error: "Say how many rows the file has." })
    .min(1, { error: "A file has at least one row." })
    .max(maxBulkUploadRows, { error: "A file can have at most 50,000 rows." }),
  /** Which heading of the file was taken for which field: headings only, never a cell. */
  columns: z.record(
    z.string().max(40),
    z.string({ error: "A heading is a text." }).max(200, { error: "This heading is too long." }),
    {
      error: "Say which heading stands for which field.",
    },
  ),
});
export type CreateBulkUploadInput = z.infer<typeof createBulkUploadInput>;

/** Adds rows; a row number sent again is kept as it was. */
export const addBulkUploadRowsInput = z.object({
  bulkUploadId: rowId,
  rows: z
    .array(bulkUploadRow, { error: "Send rows." })
    .min(1, { error: "Send at least one row." })
    .max(maxRowsPerChunk, { error: "Send at most 1,000 rows at once." }),
});
export type AddBulkUploadRowsInput = z.infer<typeof addBulkUploadRowsInput>;

export const bulkUploadIdInput = z.object({ bulkUploadId: rowId });
export type BulkUploadIdInput = z.infer<typeof bulkUploadIdInput>;

/**
 * Starts the work. Where recipients exceed free slots, `confirmedRecipients` must repeat their number;
 * the server counts for itself.
 */
export const startBulkUploadInput = z.object({
  bulkUploadId: rowId,
  confirmedRecipients: z
    .number({ error: "Type the number of recipients." })
    .int({ error: "Type the number of recipients." })
    .optional(),
});
export type StartBulkUploadInput = z.infer<typeof startBulkUploadInput>;

/** How many links each distinct choice would make, beside the free slots of it: null where unknown. */
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
  { error: "A row has no such state." },
);
export type BulkUploadRowState = z.infer<typeof bulkUploadRowState>;

export const bulkUploadView = z.object({
  id: z.string(),
  name: z.string(),
  kind: linkKind,
  state: bulkUploadState,
  pauseReason: z.string().nullable(),
  /** Rows of the file, and rows that have arrived so far. */
  rowCount: z.number(),
  receivedCount: z.number(),
  counts: z.record(bulkUploadRowState, z.number()),
  /** Rows settled in the last minute, as a rate: what the time left is reckoned by. Null before any. */
  rowsPerMinute: z.number().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  /** Until when the rows and the result file are kept; null once they are gone. */
  rowsExpireAt: z.string().nullable(),
});
export type BulkUploadView = z.infer<typeof bulkUploadView>;

export const bulkUploadList = z.array(bulkUploadView);

/** A row as people may see it: no identity, which is never given out again. */
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
  /** The last row number of the page before. */
  cursor: z
    .number({ error: "This is not a page of the rows." })
    .int({ error: "This is not a page of the rows." })
    .min(0, { error: "This is not a page of the rows." })
    .max(maxBulkUploadRows * 100, { error: "This is not a page of the rows." })
    .default(0),
});
export type ListBulkUploadRowsInput = z.input<typeof listBulkUploadRowsInput>;

export const bulkUploadRowPage = z.object({
  items: z.array(bulkUploadRowView),
  nextCursor: z.number().nullable(),
});
export type BulkUploadRowPage = z.infer<typeof bulkUploadRowPage>;

/** The column choices of earlier files, newest first, to be offered again for the same headings. */
export const bulkUploadColumns = z.array(z.record(z.string(), z.string()));
