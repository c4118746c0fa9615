import { Notice } from "@/components/ui/notice";
import type { MergePreview } from "@/server/schemas/merges";

/** Why two records cannot be compared or merged. */
export function MergeRefused({
  preview,
}: {
  preview: Exclude<MergePreview, { outcome: "can_be_merged" }>;
}) {
  return preview.outcome === "refused" ? (
    <Notice tone="danger" role="alert" title="These records cannot be merged">
      {preview.reason}
    </Notice>
  ) : (
    <Notice tone="warning" role="alert" title="The records could not be checked">
      {preview.reason} Nothing was merged. Try again.
    </Notice>
  );
}
