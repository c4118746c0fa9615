import type { BadgeTone } from "@/components/ui/badge";
import { heroEventTypes, isHeroEventType } from "@/server/schemas/event-catalogue";
import type { EndpointState, EndpointView, PracticeWebhooks } from "@/server/schemas/webhooks";

export const endpointStateLabels: Record<EndpointState, { label: string; tone: BadgeTone }> = {
  active: { label: "Registered", tone: "live" },
  registering: { label: "Registering", tone: "neutral" },
  unknown: { label: "Unknown", tone: "unknown" },
  failed: { label: "Not registered", tone: "danger" },
  lost: { label: "Missing at Hero", tone: "danger" },
};

export const eventTypeLabel = (eventType: string): string =>
  isHeroEventType(eventType) ? heroEventTypes[eventType].label : eventType;

const needsRepair = ({ state }: EndpointView) => state === "failed" || state === "lost";

/** Whether its registrations at Hero differ from what is selected, and a repair may fix it. */
export const hasDifferences = ({ endpoints, foreign, checkFailure }: PracticeWebhooks): boolean =>
  foreign.length > 0 ||
  endpoints.some(needsRepair) ||
  (checkFailure !== null && endpoints.length > 0);

/** What differs, as sentences. */
export function describeDifferences({
  endpoints,
  foreign,
  checkFailure,
}: PracticeWebhooks): string[] {
  const sentences = endpoints
    .filter(needsRepair)
    .map(
      ({ eventType, failure }) => `${eventTypeLabel(eventType)}: ${failure ?? "not registered."}`,
    );
  const extra = foreign.filter(({ kind }) => kind === "extra");
  if (extra.length > 0) {
    const names = [...new Set(extra.map(({ eventType }) => eventTypeLabel(eventType)))].join(", ");
    sentences.push(
      `Hero has webhooks for the portal's address that the portal did not register: ${names}.`,
    );
  }
  if (checkFailure !== null) sentences.push(`We could not compare Hero's list. ${checkFailure}`);
  return sentences;
}
