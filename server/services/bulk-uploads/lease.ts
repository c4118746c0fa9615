import "server-only";
import { randomUUID } from "node:crypto";
import { and, eq, inArray, isNull, lt, or } from "drizzle-orm";
import { db } from "@/db/client";
import { bulkUploads } from "@/db/schema/bulk-uploads";
import { inScope } from "@/db/scope";
import { describeError, log } from "../../log";
import type { TenantContext } from "../../tenancy/context";

/** A run that has said nothing for this long is taken for dead. */
const leaseMs = 6_000;
const renewIntervalMs = 1_500;

export type Lease = { readonly leaseOwnerId: string; release: () => Promise<void> };

/**
 * Takes a bulk for one run of one worker; null where another run has it, or nothing of it is to be done.
 * A cancelled one too: a run that died may have left rows in flight.
 * The lease keeps runs apart so that one does not take the other's rows for orphans; that no link is made
 * twice does not hang on it, but on the link's operation id.
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
    ).catch((error: unknown) => log("warn", "bulk lease not renewed", describeError(error)));
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
