import { randomBytes, randomUUID } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { db } from "@/db/client";
import {
  destinations,
  destinationSecrets,
  eventSendingAttempts,
  eventSendings,
  events,
} from "@/db/schema/events";
import {
  linkAppointments,
  linkFormResponses,
  webhookChecks,
  webhookDeliveries,
  webhookEndpointHours,
  webhookEndpoints,
  webhookObjects,
  webhookRegistrations,
} from "@/db/schema/webhooks";
import { seal } from "@/server/crypto/secret-box";
import { recordChange } from "@/server/services/live/record-change";
import { loadDataKey } from "@/server/services/practices/stored-key";
import { actorId, type TenantContext } from "@/server/tenancy/context";

/**
 * Rows of webhooks and events of a practice, without a call to Hero: an endpoint with its registration, a
 * kept delivery, an object, an hour's counts, an appointment of the link, an event, a destination to which
 * it was sent once in vain, and a change that open pages were not told yet.
 */
export async function insertWebhookRows(ctx: TenantContext, practiceId: string, linkId: string) {
  const scope = { tenantId: ctx.tenantId, environment: ctx.environment };
  const createdBy = actorId(ctx);
  const ids = {
    endpointId: randomUUID(),
    registrationId: randomUUID(),
    deliveryId: uuidv7(),
    eventId: uuidv7(),
    destinationId: randomUUID(),
    secretId: randomUUID(),
  };
  const now = new Date();
  await db.tenant(ctx, async (tx) => {
    const dataKey = await loadDataKey(tx, ctx);
    const location = (table: string, rowId: string, column: string) => ({
      tenantId: ctx.tenantId,
      table,
      rowId: `${ctx.environment}/${rowId}`,
      column,
    });
    await tx.insert(webhookEndpoints).values({
      ...scope,
      id: ids.endpointId,
      practiceId,
      eventType: "appointment.confirmed",
      urlToken: randomBytes(32).toString("base64url"),
      createdBy,
    });
    await tx.insert(webhookRegistrations).values({
      ...scope,
      id: ids.registrationId,
      endpointId: ids.endpointId,
      state: "active",
      heroWebhookId: "7001",
      sealedKey: seal(
        Buffer.from(randomBytes(32).toString("base64url")),
        dataKey,
        location("webhook_registrations", ids.registrationId, "sealed_key"),
      ),
      dataKeyId: dataKey.id,
    });
    await tx.insert(webhookChecks).values({ ...scope, practiceId, checkedAt: now, foreign: [] });
    await tx.insert(webhookDeliveries).values({
      ...scope,
      id: ids.deliveryId,
      endpointId: ids.endpointId,
      dedupeHash: randomBytes(32),
      receivedAt: now,
      sentAt: now,
      eventType: "appointment.confirmed",
      objectType: "Appointment",
      objectId: "4821",
      headers: { "content-type": "application/json" },
      bodySize: 2,
      sealedBody: seal(
        Buffer.from("{}"),
        dataKey,
        location("webhook_deliveries", ids.deliveryId, "sealed_body"),
      ),
      dataKeyId: dataKey.id,
      state: "done",
      processedAt: now,
    });
    await tx.insert(webhookObjects).values({
      ...scope,
      practiceId,
      objectType: "Appointment",
      objectId: "4821",
      lastReadAt: now,
    });
    await tx.insert(webhookEndpointHours).values({
      ...scope,
      endpointId: ids.endpointId,
      hour: new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000),
      received: 1,
      verified: 1,
    });
    await tx.insert(linkAppointments).values({
      ...scope,
      practiceId,
      heroAppointmentId: "4821",
      linkId,
      state: "booked",
      bookedAt: now,
      readAt: now,
    });
    await tx.insert(linkFormResponses).values({
      ...scope,
      practiceId,
      heroFormResponseId: "950001",
      linkId,
      submittedAt: now,
      readAt: now,
    });
    await tx.insert(events).values({
      ...scope,
      id: ids.eventId,
      type: "link.booked",
      key: `link.booked:${linkId}:4821`,
      practiceId,
      subjectId: linkId,
      data: { practiceId, linkId, kind: "booking", reference: null, appointmentId: "4821" },
      occurredAt: now,
    });
    await tx.insert(destinations).values({
      ...scope,
      id: ids.destinationId,
      name: "Practice system",
      // Nothing listens there.
      url: "http://127.0.0.1:9/hero",
      createdBy,
    });
    await tx.insert(destinationSecrets).values({
      ...scope,
      id: ids.secretId,
      destinationId: ids.destinationId,
      sealedSecret: seal(
        Buffer.from(`whsec_${randomBytes(24).toString("base64")}`),
        dataKey,
        location("destination_secrets", ids.secretId, "sealed_secret"),
      ),
      dataKeyId: dataKey.id,
    });
    await tx.insert(eventSendings).values({
      ...scope,
      destinationId: ids.destinationId,
      eventId: ids.eventId,
      attempts: 1,
      firstAttemptAt: now,
      nextAttemptAt: new Date(now.getTime() + 3_600_000),
    });
    await tx.insert(eventSendingAttempts).values({
      ...scope,
      id: uuidv7(),
      destinationId: ids.destinationId,
      eventId: ids.eventId,
      attemptedAt: now,
      status: 500,
      durationMs: 20,
    });
    await recordChange(tx, ctx, "links", linkId);
  });
  return ids;
}
