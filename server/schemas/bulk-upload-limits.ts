/** Apart from the schemas, so that the browser can use them without zod. */
export const maxBulkUploadRows = 50_000;
export const maxRowsPerChunk = 1_000;
