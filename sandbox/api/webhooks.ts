import type {
  CreateWebhookResponse,
  DeleteWebhookResponse,
  ListWebhooksResponse,
  Webhook,
  WebhookEventType,
} from "@/server/hero/generated";
import { z } from "zod";
import type { WebhookRecord } from "../state/model";
import { dialectOf } from "./dialect";
import { defineOperation } from "./operation";
import { listResponse } from "./pagination";
import { invalidField, notFound, parseInput } from "./problem";

const eventTypes = [
  "appointment.confirmed",
  "appointment.cancelled",
  "appointment.rescheduled",
  "form-submission.created",
  "prescription.issued",
  "patient.medical-record-updated",
  "patient.added-to-sequence",
  "write-to-record.succeeded",
  "write-to-record.failed",
] as const satisfies WebhookEventType[];

const createInput = z.object({
  event_type: z.enum(eventTypes),
  url: z.url({ protocol: /^https?$/ }),
  description: z.string().max(2_000).optional(),
  signing_key: z.string().min(1).max(2_000).optional(),
  headers: z.record(z.string().regex(/^[\w-]+$/), z.string().regex(/^[\x20-\x7e]*$/)).optional(),
});

/** The same address may be registered more than once, and every event then arrives as often. */
export const webhookOperations = [
  defineOperation<CreateWebhookResponse>({
    operationId: "createWebhook",
    method: "POST",
    path: "/v1/webhooks",
    scope: null,
    handle: ({ sandbox, practice, keySuffix, body }) => {
      const input = parseInput(createInput, body);
      const hasSecondDialect = dialectOf(keySuffix).has("webhooks");
      // The event reference alone names it, not the operation's list of event types.
      if (hasSecondDialect && input.event_type === "form-submission.created") {
        throw invalidField(["event_type"], "invalid_value", "another event type");
      }
      return webhookView(
        sandbox.webhooks.add({
          practiceGroupId: practice.practiceGroupId,
          keySuffix,
          eventType: input.event_type,
          url: input.url,
          signingKey: input.signing_key ?? null,
          headers: input.headers ?? null,
          hasSecondDialect,
        }),
      );
    },
  }),
  defineOperation<ListWebhooksResponse>({
    operationId: "listWebhooks",
    method: "GET",
    path: "/v1/webhooks",
    scope: null,
    handle: ({ sandbox, practice, keySuffix, query }) => {
      const eventType = query.get("event_type");
      const { practiceGroupId } = practice;
      return listResponse(
        sandbox.webhooks
          .list({ practiceGroupId, keySuffix })
          .filter((record) => eventType === null || record.eventType === eventType)
          .map(webhookView),
      );
    },
  }),
  defineOperation<DeleteWebhookResponse>({
    operationId: "deleteWebhook",
    method: "DELETE",
    path: "/v1/webhooks/{id}",
    scope: null,
    handle: ({ sandbox, practice, keySuffix, id }) => {
      const record = sandbox.webhooks.records.get(id);
      const isOwn =
        record?.practiceGroupId === practice.practiceGroupId && record.keySuffix === keySuffix;
      if (!isOwn) throw notFound("Webhook");
      sandbox.webhooks.records.delete(id);
      return {};
    },
  }),
];

/** The key comes back in clear, as Hero documents it. */
function webhookView(record: WebhookRecord): Webhook {
  const time = new Date(record.createdAtMs).toISOString();
  return {
    id: record.id,
    event_type: record.eventType,
    url: record.url,
    signing_key: record.signingKey ?? undefined,
    headers: record.headers ?? undefined,
    created_at: time,
    updated_at: time,
  };
}
