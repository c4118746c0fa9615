import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { webhookDeliveries, webhookEndpoints } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import type { TenantContext } from "../../../tenancy/context";

/** Deliveries to the endpoints of one practice, also to removed ones. */
export const isOfPractice = (tx: Transaction, ctx: TenantContext, practiceId: string) =>
  inArray(
    webhookDeliveries.endpointId,
    tx
      .select({ id: webhookEndpoints.id })
      .from(webhookEndpoints)
      .where(and(inScope(webhookEndpoints, ctx), eq(webhookEndpoints.practiceId, practiceId))),
  );
