/** Apart from the schemas, so that the browser can use them without zod. */
export const maxBulkUploadRows = 50_000;
export const maxRowsPerChunk = 1_000;
/** The last row of a spreadsheet. */
export const maxRowNumber = 1_048_576;
