import { portalClient, toCallFailure } from "@/components/client";
import type { PortalScope } from "@/components/shell/portal-path";
import { type CreateBulkUploadInput, maxRowsPerChunk } from "@/server/schemas/bulk-uploads";
import type { CallWorker } from "../reader/use-file-worker";

const retryDelaysMs = [1_000, 3_000, 10_000];

const wait = (delayMs: number) =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });

/**
 * Sends the good rows in parts. A part that got no answer is sent again, which is safe: the portal keeps
 * the rows it has. A refusal is thrown. The same `input.operationId` goes on where an earlier try ended.
 *
 * @param onProgress rows that the portal has
 * @returns the id of the bulk
 */
export async function uploadRows(
  scope: PortalScope,
  callWorker: CallWorker,
  input: CreateBulkUploadInput,
  onProgress: (sentCount: number) => void,
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

/** Only where no answer came: a refusal would be the same the next time. */
async function withRetries<Result>(call: () => Promise<Result>): Promise<Result> {
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
