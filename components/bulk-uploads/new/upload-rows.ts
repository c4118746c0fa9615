import { portalClient, toCallFailure } from "@/components/client";
import type { PortalScope } from "@/components/shell/portal-path";
import { maxRowsPerChunk } from "@/server/schemas/bulk-upload-limits";
import type { CreateBulkUploadInput } from "@/server/schemas/bulk-uploads";
import type { CallWorker } from "../reader/use-file-worker";

const retryDelaysMs = [1_000, 3_000, 10_000];

const wait = (delayMs: number) =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });

/**
 * Uploads the valid rows in chunks. Calls without a response are retried, which is safe: the portal ignores
 * rows it has. With the same `input.operationId`, another attempt continues the upload.
 *
 * @returns the id of the bulk upload
 * @throws the portal's error, if it rejects a call
 */
export async function uploadRows(
  scope: PortalScope,
  callWorker: CallWorker,
  input: CreateBulkUploadInput,
  onProgress: (uploadedCount: number) => void,
): Promise<string> {
  const { bulkUploads } = portalClient(scope.tenant, scope.environment);
  const bulkUpload = await withRetries(() => bulkUploads.create.mutate(input));
  for (let offset = 0; offset < input.rowCount; offset += maxRowsPerChunk) {
    const rows = await callWorker("validRows", { offset, limit: maxRowsPerChunk });
    await withRetries(() => bulkUploads.addRows.mutate({ bulkUploadId: bulkUpload.id, rows }));
    onProgress(Math.min(input.rowCount, offset + rows.length));
  }
  return bulkUpload.id;
}

/** Only without a response: a rejection would be repeated. */
export async function withRetries<Result>(call: () => Promise<Result>): Promise<Result> {
  for (const delayMs of retryDelaysMs) {
    try {
      return await call();
    } catch (error) {
      if (toCallFailure(error).hasResponse) throw error;
      await wait(delayMs);
    }
  }
  return call();
}
