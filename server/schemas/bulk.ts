import { bareDate, optionalBareDate } from "./dates";
import { linkKind, reference } from "./links";
import { patientIdentity } from "./patients";
import { formId, line, optionalHeroId, optionalLine, rowId } from "./text";
import { z } from "./zod";

/** Most rows of one file, and of one part of it on its way to the portal. */
export const mostBulkRows = 50_000;
export const mostRowsInPart = 1_000;

const whole = (sentence: string, most: number) =>
  z
    .number({ error: sentence })
    .int({ error: sentence })
    .min(1, { error: sentence })
    .max(most, { error: sentence });
const rowNumber = whole("Rows are numbered from 1 to 50,000.", mostBulkRows);
const uses = whole("A link can allow 1 to 10,000 bookings.", 10_000);

/**
 * One row of a file as the browser sends it: checked, and with the file's own choices filled in.
 * `rowNumber` is 1 for the first row below the headings. The patient is named by one of `identity`
 * (looked up) and `patientId` (Hero's), or by neither for a link anyone may use.
 */
export const bulkRow = z.object(
  {
    rowNumber,
    reference,
    identity: patientIdentity.optional(),
    patientId: optionalHeroId("A Hero patient id has only digits."),
    practiceId: rowId,
    appointmentTypeId: optionalHeroId("Choose an appointment type."),
    locationId: optionalHeroId("Choose a location."),
    practitionerId: optionalHeroId("Choose a practitioner from the list."),
    formId: formId("Choose a form.").optional(),
    name: optionalLine("a name", 80),
    slotsFrom: optionalBareDate("Enter the first day as a real date."),
    slotsTo: optionalBareDate("Enter the last day as a real date."),
    expiresOn: bareDate("Enter the day the link stops working."),
    maximumUses: uses,
  },
  { error: "A row is an object." },
);
export type BulkRow = z.infer<typeof bulkRow>;

/** Opens a bulk; rows follow in parts. The same operation id gives the same bulk again. */
export const createBulkInput = z.object({
  operationId: rowId,
  name: line("a name", 80),
  kind: linkKind,
  rowCount: z
    .number({ error: "Say how many rows the file has." })
    .int({ error: "Say how many rows the file has." })
    .min(1, { error: "A file has at least one row." })
    .max(mostBulkRows, { error: "A file can have at most 50,000 rows." }),
  /** Which heading of the file was taken for which field: headings only, never a cell. */
  columns: z.record(
    z.string().max(40),
    z.string({ error: "A heading is a text." }).max(200, { error: "This heading is too long." }),
    {
      error: "Say which heading stands for which field.",
    },
  ),
});
export type CreateBulkInput = z.infer<typeof createBulkInput>;

/** Adds rows; a row number sent again is kept as it was. */
export const addBulkRowsInput = z.object({
  bulkId: rowId,
  rows: z
    .array(bulkRow, { error: "Send rows." })
    .min(1, { error: "Send at least one row." })
    .max(mostRowsInPart, { error: "Send at most 1,000 rows at once." }),
});
export type AddBulkRowsInput = z.infer<typeof addBulkRowsInput>;

export const bulkIdInput = z.object({ bulkId: rowId });
export type BulkIdInput = z.infer<typeof bulkIdInput>;

/**
 * Starts the work. Where recipients exceed free slots, `confirmedRecipients` must repeat their number;
 * the server counts for itself.
 */
export const startBulkInput = z.object({
  bulkId: rowId,
  confirmedRecipients: z
    .number({ error: "Type the number of recipients." })
    .int({ error: "Type the number of recipients." })
    .optional(),
});
export type StartBulkInput = z.infer<typeof startBulkInput>;

/** How many links each distinct choice would make, beside the free slots of it: null where unknown. */
export const bulkCheck = z.object({
  recipients: z.number(),
  isShort: z.boolean(),
  choices: z.array(
    z.object({
      practiceName: z.string(),
      what: z.string(),
      recipients: z.number(),
      freeSlots: z.number().nullable(),
    }),
  ),
});
export type BulkCheck = z.infer<typeof bulkCheck>;

export const bulkState = z.enum(["uploading", "running", "paused", "cancelled", "finished"]);
export type BulkState = z.infer<typeof bulkState>;

export const bulkRowState = z.enum(
  ["waiting", "working", "made", "refused", "unknown", "cancelled"],
  { error: "A row has no such state." },
);
export type BulkRowState = z.infer<typeof bulkRowState>;

export const bulkView = z.object({
  id: z.string(),
  name: z.string(),
  kind: linkKind,
  state: bulkState,
  pauseReason: z.string().nullable(),
  /** Rows of the file, and rows that have arrived so far. */
  rowCount: z.number(),
  receivedCount: z.number(),
  counts: z.record(bulkRowState, z.number()),
  /** Rows settled in the last minute, as a rate: what the time left is reckoned by. Null before any. */
  perMinute: z.number().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  /** Until when the rows and the result file are kept; null once they are gone. */
  rowsUntil: z.string().nullable(),
});
export type BulkView = z.infer<typeof bulkView>;

export const bulkList = z.array(bulkView);

/** A row as people may see it: no identity, which is never given out again. */
export const bulkRowView = z.object({
  rowNumber: z.number(),
  reference: z.string().nullable(),
  state: bulkRowState,
  reason: z.string().nullable(),
  linkId: z.string().nullable(),
  url: z.string().nullable(),
});
export type BulkRowView = z.infer<typeof bulkRowView>;

export const listBulkRowsInput = z.object({
  bulkId: rowId,
  state: bulkRowState.optional(),
  /** The last row number of the page before. */
  after: z
    .number({ error: "This is not a page of the rows." })
    .int({ error: "This is not a page of the rows." })
    .min(0, { error: "This is not a page of the rows." })
    .max(mostBulkRows * 100, { error: "This is not a page of the rows." })
    .default(0),
});
export type ListBulkRowsInput = z.input<typeof listBulkRowsInput>;

export const bulkRowPage = z.object({
  items: z.array(bulkRowView),
  nextAfter: z.number().nullable(),
});
export type BulkRowPage = z.infer<typeof bulkRowPage>;

/** The column choices of earlier files, newest first, to be offered again for the same headings. */
export const bulkColumns = z.array(z.record(z.string(), z.string()));
