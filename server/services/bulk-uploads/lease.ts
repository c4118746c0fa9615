import "server-only";
import { randomUUID } from "node:crypto";
import { and, eq, inArray, isNull, lt, or } from "drizzle-orm";
import { db } from "@/db/client";
import { bulkUploads } from "@/db/schema/bulk-uploads";
import { inScope } from "@/db/scope";
import { describeError, log } from "../../log";
import type { TenantContext } from "../../tenancy/context";

/** A run that has not renewed for this long is considered dead. */
const leaseMs = 6_000;
const renewIntervalMs = 1_500;

export type Lease = { readonly leaseOwnerId: string; release: () => Promise<void> };

/**
 * Reserves a bulk upload for one run of one worker; null when another run has it or nothing is left to
 * do. Cancelled ones too: a dead run may have left rows in progress. Without the lease, one run would
 * take another's rows for orphans. It does not prevent duplicate links: the operation ID does.
 */
export async function acquireLease(
  ctx: TenantContext,
  bulkUploadId: string,
): Promise<Lease | null> {
  const leaseOwnerId = randomUUID();
  const leaseEndsAt = () => new Date(Date.now() + leaseMs);
  const [acquired] = await db.tenant(ctx, (tx) =>
    tx
      .update(bulkUploads)
      .set({ leaseOwnerId, leaseExpiresAt: leaseEndsAt() })
      .where(
        and(
          inScope(bulkUploads, ctx),
          eq(bulkUploads.id, bulkUploadId),
          inArray(bulkUploads.state, ["running", "cancelled"]),
          or(isNull(bulkUploads.leaseExpiresAt), lt(bulkUploads.leaseExpiresAt, new Date())),
        ),
      )
      .returning({ id: bulkUploads.id }),
  );
  if (!acquired) return null;
  const ownLease = and(
    inScope(bulkUploads, ctx),
    eq(bulkUploads.id, bulkUploadId),
    eq(bulkUploads.leaseOwnerId, leaseOwnerId),
  );
  const timer = setInterval(() => {
    db.tenant(ctx, (tx) =>
      tx.update(bulkUploads).set({ leaseExpiresAt: leaseEndsAt() }).where(ownLease),
    ).catch((error: unknown) => log("warn", "bulk upload lease not renewed", describeError(error)));
  }, renewIntervalMs);
  return {
    leaseOwnerId,
    async release() {
      clearInterval(timer);
      await db.tenant(ctx, (tx) =>
        tx.update(bulkUploads).set({ leaseExpiresAt: null }).where(ownLease),
      );
    },
  };
}
