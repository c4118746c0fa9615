import "server-only";
import { z } from "zod";
import type { Environment } from "../../schemas/environments";
import { heroEventTypes, isHeroEventType, testEventType } from "../../schemas/event-catalogue";
import { heroId } from "../../hero/ids";

/** What a delivery's body is bound to: it does not open in another row, tenant or environment. */
export const deliveryBodyLocation = (
  scope: { tenantId: string; environment: Environment },
  deliveryId: string,
) => ({
  tenantId: scope.tenantId,
  table: "webhook_deliveries",
  rowId: `${scope.environment}/${deliveryId}`,
  column: "sealed_body",
});

/** Without what the database cannot store, or nobody could read. */
const name = z.string().regex(/^[^\p{C}]{1,200}$/u);

/** Hero documents four strings (section 3 of its webhook pages); ids may be numbers, as elsewhere. */
const deliveryBody = z.object({
  event: name.nullish().catch(null),
  object: name.nullish().catch(null),
  id: heroId.nullish().catch(null),
  practice_group_id: heroId.nullish().catch(null),
});

/** What a body names, and what follows from that before anything is read from Hero. */
export type DeliveryContent = {
  eventType: string | null;
  objectType: string | null;
  objectId: string | null;
  state: "waiting" | "done" | "quarantined" | "failed";
  /** A code of why it does not wait. */
  outcome: "unreadable_body" | "other_practice" | "test" | null;
};

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(rawBody));
  } catch {
    return undefined;
  }
}

/**
 * Reads the body of a delivery whose signature was right. Whatever is wrong with it, it is kept: Hero would
 * send it again in vain.
 *
 * @param practiceGroupId of the endpoint's practice: a delivery about another one has no effect
 */
export function readDeliveryBody(rawBody: Buffer, practiceGroupId: string): DeliveryContent {
  const { data } = deliveryBody.safeParse(parseJson(rawBody));
  const eventType = data?.event ?? null;
  const objectType = data?.object ?? null;
  const objectId = data?.id ?? null;
  const content = { eventType, objectType, objectId };
  if (data === undefined) return { ...content, state: "failed", outcome: "unreadable_body" };
  if (data.practice_group_id !== practiceGroupId)
    return { ...content, state: "quarantined", outcome: "other_practice" };
  if (eventType === testEventType) return { ...content, state: "done", outcome: "test" };
  const isRead =
    eventType !== null &&
    isHeroEventType(eventType) &&
    heroEventTypes[eventType].effect === "reads";
  if (eventType === null || (isRead && (objectType === null || objectId === null)))
    return { ...content, state: "failed", outcome: "unreadable_body" };
  return { ...content, state: "waiting", outcome: null };
}
