import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import { approvals } from "@/db/schema/approvals";
import { messageBatches } from "@/db/schema/message-batches";
import { getOverview } from "@/server/services/results/overview";
import { actorId, type TenantContext } from "@/server/tenancy/context";
import { insertBatchRow } from "../../support/message-batch-rows";
import { createMessageTenants } from "../messages/support";

/** A batch that waits for the decision of a second person. */
const insertRequest = (ctx: TenantContext, practiceId: string, expiresAt: Date) =>
  db.tenant(ctx, async (tx) => {
    const approvalId = uuidv7();
    const scope = { tenantId: ctx.tenantId, environment: ctx.environment };
    await tx.insert(approvals).values({
      ...scope,
      id: approvalId,
      kind: "message_batch",
      practiceId,
      requestedBy: actorId(ctx),
      expiresAt,
    });
    const { id } = await insertBatchRow(tx, ctx, practiceId, { state: "ready" });
    await tx
      .update(messageBatches)
      .set({ state: "awaiting_approval", approvalId })
      .where(eq(messageBatches.id, id));
  });

test("the overview counts paused batches, and requests that another person can decide", async () => {
  const { own, other } = await createMessageTenants("20533");
  const inADay = new Date(Date.now() + 24 * 3_600_000);
  await insertRequest(own.ctx, own.practiceId, inADay);
  await insertRequest(own.ctx, own.practiceId, new Date(Date.now() - 1_000));
  await db.tenant(own.ctx, (tx) =>
    insertBatchRow(tx, own.ctx, own.practiceId, { state: "paused" }),
  );
  const attention = async (ctx: TenantContext, practiceId?: string) =>
    (await getOverview(ctx, practiceId ? { practiceId } : {})).batches;

  expect(await attention(own.ctx)).toEqual({ toDecide: 0, paused: 1 });
  const second = await own.tenant.asOwner();
  expect(await attention(second)).toEqual({ toDecide: 1, paused: 1 });
  expect(await attention(second, own.practiceId)).toEqual({ toDecide: 1, paused: 1 });
  expect(await attention(second, other.practiceId)).toEqual({ toDecide: 0, paused: 0 });
  expect(await attention(await own.tenant.asRole("viewer"))).toEqual({ toDecide: 0, paused: 0 });
  expect(await attention(other.ctx)).toEqual({ toDecide: 0, paused: 0 });
});
