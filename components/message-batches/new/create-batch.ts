import { withRetries } from "@/components/bulk-uploads/new/upload-rows";
import type { CallWorker } from "@/components/bulk-uploads/reader/use-file-worker";
import { portalClient } from "@/components/client";
import type { PortalScope } from "@/components/shell/portal-path";
import { maxRowsPerChunk } from "@/server/schemas/bulk-upload-limits";
import type { CreateMessageBatchInput } from "@/server/schemas/message-batches";

/**
 * Creates a batch, adds its recipients in chunks and has them checked. Calls without a response are retried,
 * which is safe: the portal ignores rows it has. With the same `input.operationId`, another attempt continues.
 *
 * @returns the ID of the batch
 * @throws the portal's error, if it rejects a call
 */
export async function createBatchFromFile(
  scope: PortalScope,
  callWorker: CallWorker,
  input: CreateMessageBatchInput,
  onProgress: (addedCount: number) => void,
): Promise<string> {
  const { messageBatches } = portalClient(scope.tenant, scope.environment);
  const { id: batchId } = await withRetries(() => messageBatches.create.mutate(input));
  for (let offset = 0; offset < input.rowCount; offset += maxRowsPerChunk) {
    const rows = await callWorker("validRecipients", { offset, limit: maxRowsPerChunk });
    await withRetries(() => messageBatches.addRecipients.mutate({ batchId, rows }));
    onProgress(Math.min(input.rowCount, offset + rows.length));
  }
  await withRetries(() => messageBatches.check.mutate({ batchId }));
  return batchId;
}
