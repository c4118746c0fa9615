import { portalClient, readFailure } from "@/components/client";
import type { Place } from "@/components/shell/portal-path";
import { type CreateBulkInput, mostRowsInPart } from "@/server/schemas/bulk";
import type { AskReader } from "../reader/use-reader";

const patience = [1_000, 3_000, 10_000];

const wait = (milliseconds: number) =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/**
 * Sends the good rows in parts. A part that got no answer is sent again, which is safe: the portal keeps
 * the rows it has. A refusal is thrown. The same `input.operationId` goes on where an earlier try ended.
 *
 * @param onProgress rows that the portal has
 * @returns the id of the bulk
 */
export async function sendRows(
  place: Place,
  ask: AskReader,
  input: CreateBulkInput,
  onProgress: (sent: number) => void,
): Promise<string> {
  const { bulk } = portalClient(place.tenant, place.environment);
  const opened = await tryAgain(() => bulk.create.mutate(input));
  for (let offset = 0; offset < input.rowCount; offset += mostRowsInPart) {
    const rows = await ask("part", { offset, limit: mostRowsInPart });
    await tryAgain(() => bulk.addRows.mutate({ bulkId: opened.id, rows }));
    onProgress(Math.min(input.rowCount, offset + rows.length));
  }
  return opened.id;
}

/** Only where no answer came: a refusal would be the same the next time. */
async function tryAgain<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (const milliseconds of patience) {
    try {
      return await call();
    } catch (error) {
      if (readFailure(error).wasAnswered) throw error;
      await wait(milliseconds);
    }
  }
  return call();
}
