import { randomUUID } from "node:crypto";
import { releaseNextMessage } from "@/server/services/messages/release";
import type { TenantContext } from "@/server/tenancy/context";
import { createJobContext } from "@/server/tenancy/job";

/** A worker process for tests that kill it: releases what is due at a practice, in four lanes. */
export type Releases = { ctx: TenantContext; practiceId: string };

const { ctx, practiceId }: Releases = JSON.parse(process.env.RELEASES ?? "{}");

async function releaseAll(): Promise<void> {
  while ((await releaseNextMessage(createJobContext(ctx, randomUUID()), practiceId)) !== "none") {
    // The next one.
  }
}

await Promise.all(Array.from({ length: 4 }, releaseAll));
process.exit(0);
