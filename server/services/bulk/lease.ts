import "server-only";
import { randomUUID } from "node:crypto";
import { and, eq, inArray, isNull, lt, or } from "drizzle-orm";
import { db } from "@/db/client";
import { bulks } from "@/db/schema/bulk";
import { describeError, log } from "../../log";
import type { TenantContext } from "../../tenancy/context";
import { isBulk } from "./view";

/** A run that has said nothing for this long is taken for dead. */
const leaseMs = 6_000;
const renewMs = 1_500;

export type Lease = { readonly runnerId: string; release: () => Promise<void> };

/**
 * Takes a bulk for one run of one worker; null where another run has it, or nothing of it is to be done.
 * A cancelled one too: a run that died may have left rows in flight.
 * The lease keeps runs apart so that one does not take the other's rows for orphans; that no link is made
 * twice does not hang on it, but on the link's operation id.
 */
export async function takeLease(ctx: TenantContext, bulkId: string): Promise<Lease | null> {
  const runnerId = randomUUID();
  const until = () => new Date(Date.now() + leaseMs);
  const [taken] = await db.tenant(ctx, (tx) =>
    tx
      .update(bulks)
      .set({ runnerId, runnerUntil: until() })
      .where(
        and(
          isBulk(ctx, bulkId),
          inArray(bulks.state, ["running", "cancelled"]),
          or(isNull(bulks.runnerUntil), lt(bulks.runnerUntil, new Date())),
        ),
      )
      .returning({ id: bulks.id }),
  );
  if (!taken) return null;
  const isMine = and(isBulk(ctx, bulkId), eq(bulks.runnerId, runnerId));
  const timer = setInterval(() => {
    db.tenant(ctx, (tx) => tx.update(bulks).set({ runnerUntil: until() }).where(isMine)).catch(
      (error: unknown) => log("warn", "bulk lease not renewed", describeError(error)),
    );
  }, renewMs);
  return {
    runnerId,
    async release() {
      clearInterval(timer);
      await db.tenant(ctx, (tx) => tx.update(bulks).set({ runnerUntil: null }).where(isMine));
    },
  };
}
