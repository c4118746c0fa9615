import type { BadgeTone } from "@/components/ui/badge";
import type { MergeState, MergeView } from "@/server/schemas/merges";

export const mergeStates: Record<
  MergeState,
  { label: string; tone: BadgeTone; explanation: string }
> = {
  waiting: {
    label: "Waiting for approval",
    tone: "ending",
    explanation: "Nothing was sent to Hero. A second person must approve or refuse the request.",
  },
  refused: {
    label: "Refused",
    tone: "dead",
    explanation: "A second person refused the request. The records were not merged.",
  },
  withdrawn: {
    label: "Withdrawn",
    tone: "dead",
    explanation: "The request was withdrawn. The records were not merged.",
  },
  expired: {
    label: "Expired",
    tone: "dead",
    explanation: "Nobody decided within 24 hours. The records were not merged.",
  },
  pending: {
    label: "In progress",
    tone: "info",
    explanation: "The merge was sent to Hero. Wait for the reply.",
  },
  accepted: {
    label: "Accepted, not yet visible",
    tone: "unknown",
    explanation:
      "Hero accepted the merge but still shows two records. We check again automatically.",
  },
  merged: {
    label: "Merged",
    tone: "live",
    explanation: "Hero's records show the merge. It cannot be undone.",
  },
  failed: { label: "Failed", tone: "danger", explanation: "The records were not merged." },
  unknown: {
    label: "Unknown",
    tone: "unknown",
    explanation:
      "We do not know whether the records were merged. We check again automatically and never send the merge again.",
  },
};

/** What becomes of one of the two records, such as " (remains)"; empty if they were not merged. */
export function describeRecord(
  { state, survivorPatientId }: Pick<MergeView, "state" | "survivorPatientId">,
  patientId: string,
): string {
  const isSurvivor = patientId === survivorPatientId;
  if (state === "merged") return isSurvivor ? " (remains)" : " (merged into it)";
  if (["refused", "withdrawn", "expired", "failed"].includes(state)) return "";
  return isSurvivor ? " (would remain)" : " (would be merged into it)";
}
