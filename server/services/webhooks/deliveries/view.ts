import "server-only";
import { and, eq, type SQL } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { practices } from "@/db/schema/practices";
import { webhookDeliveries, webhookEndpoints } from "@/db/schema/webhooks";
import { inScope, sameScope } from "@/db/scope";
import type { DeliverySummary } from "../../../schemas/webhook-deliveries";
import type { TenantContext } from "../../../tenancy/context";

/** A patient's ID at Hero is personal: whoever may see webhooks need not be allowed to see patients. */
export const isPersonalObject = (objectType: string | null) => objectType === "Patient";

const summaryColumns = {
  id: webhookDeliveries.id,
  endpointId: webhookDeliveries.endpointId,
  eventType: webhookDeliveries.eventType,
  objectType: webhookDeliveries.objectType,
  objectId: webhookDeliveries.objectId,
  state: webhookDeliveries.state,
  outcome: webhookDeliveries.outcome,
  receivedAt: webhookDeliveries.receivedAt,
  isLate: webhookDeliveries.isLate,
  repeats: webhookDeliveries.repeats,
  practiceId: practices.id,
  name: practices.name,
  nickname: practices.nickname,
};

type SummaryRow = Omit<DeliverySummary, "practice" | "receivedAt"> & {
  receivedAt: Date;
  practiceId: string;
  name: string;
  nickname: string | null;
};

function toSummary(row: SummaryRow): DeliverySummary {
  const { practiceId, name, nickname, receivedAt, objectId, ...rest } = row;
  return {
    ...rest,
    objectId: isPersonalObject(row.objectType) ? null : objectId,
    receivedAt: receivedAt.toISOString(),
    practice: { id: practiceId, name: nickname ?? name },
  };
}

/** Deliveries with their practice, without headers and body. */
export async function selectDeliveries(
  tx: Transaction,
  ctx: TenantContext,
  query: { where: SQL | undefined; orderBy: SQL[]; limit: number },
): Promise<DeliverySummary[]> {
  const rows = await tx
    .select(summaryColumns)
    .from(webhookDeliveries)
    .innerJoin(
      webhookEndpoints,
      and(
        sameScope(webhookEndpoints, webhookDeliveries),
        eq(webhookEndpoints.id, webhookDeliveries.endpointId),
      ),
    )
    .innerJoin(
      practices,
      and(sameScope(practices, webhookEndpoints), eq(practices.id, webhookEndpoints.practiceId)),
    )
    .where(and(inScope(webhookDeliveries, ctx), query.where))
    .orderBy(...query.orderBy)
    .limit(query.limit);
  return rows.map(toSummary);
}
