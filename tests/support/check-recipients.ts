import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { checkNextRecipients } from "@/server/services/message-batches/check";
import type { TenantContext } from "@/server/tenancy/context";
import { createJobContext } from "@/server/tenancy/job";

/** A worker process for tests that kill it: checks the recipients of a practice's batches. */
export type Checks = { ctx: TenantContext; practiceId: string };

const { ctx, practiceId }: Checks = JSON.parse(process.env.CHECKS ?? "{}");

while ((await checkNextRecipients(createJobContext(ctx, randomUUID()), practiceId)) !== "none") {
  await sleep(1);
}
process.exit(0);
