import { randomUUID } from "node:crypto";
import { advanceBatches } from "@/server/services/message-batches/slices";
import { releaseNextMessage } from "@/server/services/messages/release";
import type { TenantContext } from "@/server/tenancy/context";
import { createJobContext } from "@/server/tenancy/job";

/** A worker process for tests, until they kill it: sends a practice's batches, four messages at once. */
export type BatchWork = { ctx: TenantContext; practiceId: string };

const { ctx, practiceId }: BatchWork = JSON.parse(process.env.BATCH_WORK ?? "{}");
const job = () => createJobContext(ctx, randomUUID());

/** @returns how many messages had their turn */
async function releaseDue(): Promise<number> {
  let count = 0;
  while (count < 10 && (await releaseNextMessage(job(), practiceId)) === "released") count += 1;
  return count;
}

for (;;) {
  await advanceBatches(job(), practiceId);
  const released = await Promise.all(Array.from({ length: 4 }, releaseDue));
  if (released.every((count) => count === 0)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
