import "server-only";
import { z } from "zod";
import type { CreateWebhookRequest } from "./generated";
import { heroId } from "./ids";
import { type HeroConnection, request } from "./request";

/** The signing key and headers that Hero may return are not read. */
const webhook = z.object({
  id: heroId,
  event_type: z.string().min(1).max(200),
  url: z.string().min(1).max(4000),
});
export type HeroWebhook = z.infer<typeof webhook>;

/**
 * `POST /v1/webhooks`: registers one URL for one event type of the practice. After an error whose
 * `writeOutcome` is `"unknown"` it may be registered: its URL is in Hero's list then.
 */
export function createWebhook(
  hero: HeroConnection,
  body: CreateWebhookRequest & { signing_key: string },
): Promise<HeroWebhook> {
  const operation = { name: "createWebhook", method: "POST", path: "/v1/webhooks" } as const;
  return request(hero, operation, { body }, webhook);
}

/**
 * `GET /v1/webhooks`: the practice's registrations, of every partner with a key to it. `isComplete` is
 * false when Hero counts more than it sent (assumption 11).
 */
export function listWebhooks(
  hero: HeroConnection,
): Promise<{ webhooks: HeroWebhook[]; isComplete: boolean }> {
  const operation = { name: "listWebhooks", method: "GET", path: "/v1/webhooks" } as const;
  const reply = z
    .object({ data: z.array(webhook), count: z.number().nullish() })
    .transform(({ data, count }) => ({
      webhooks: data,
      isComplete: (count ?? 0) <= data.length,
    }));
  return request(hero, operation, {}, reply);
}

/** `DELETE /v1/webhooks/{id}` (path assumed, assumption 62). The reply proves nothing: read the list again. */
export async function deleteWebhook(hero: HeroConnection, webhookId: string): Promise<void> {
  const operation = { name: "deleteWebhook", method: "DELETE", path: "/v1/webhooks/{id}" } as const;
  await request(hero, operation, { path: { id: webhookId } }, "unread");
}
