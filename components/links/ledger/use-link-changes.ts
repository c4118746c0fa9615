"use client";

import { useRefresh } from "@/components/ui/use-refresh";
import { useRef, useState } from "react";
import { portalClient, toCallFailure } from "@/components/client";
import { formatCount } from "@/components/ui/format-count";
import type { PortalScope } from "@/components/shell/portal-path";
import { useToast } from "@/components/ui/toast";
import type { UpdateLinksInput } from "@/server/schemas/links/inputs";
import type { UpdatedLinks } from "@/server/schemas/links/view";

type Change = UpdateLinksInput["changes"][number];
/** The word after "3 links": "closed", "extended". */
type ChangeLabels = { pastTense: string };

/** Few enough to finish in time even for a key with a low rate limit. */
const batchSize = 10;

/** Each reason for a failure, with how many links it concerns. */
function describeFailures(results: UpdatedLinks): string | undefined {
  const reasons = new Map<string, number>();
  for (const { outcome, reason } of results) {
    if (outcome === "done" || outcome === "same") continue;
    const message =
      outcome === "unknown" ? `${reason ?? ""} This change may not have been applied.` : reason;
    if (message) reasons.set(message, (reasons.get(message) ?? 0) + 1);
  }
  if (reasons.size === 0) return undefined;
  return [...reasons]
    .map(([reason, occurrences]) => `${formatCount(occurrences, "link")}: ${reason}`)
    .join(" ");
}

/** The change that restores a link. */
function buildUndo({ linkId, previous }: UpdatedLinks[number], change: Change): Change {
  return {
    linkId,
    ...(change.tags && { tags: previous.tags }),
    ...(change.expiresOn && { expiresOn: previous.expiresOn }),
    ...(change.isClosed !== undefined && { isClosed: previous.isClosed }),
  };
}

/**
 * Changes links in batches, reports the result and offers an undo. A change that Hero rejected is
 * reported with its reason; the others are kept.
 */
export function useLinkChanges(scope: PortalScope) {
  const refreshPage = useRefresh();
  const toast = useToast();
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const busy = useRef(false);

  async function run(
    changes: Change[],
    { pastTense }: ChangeLabels,
    isUndo = false,
  ): Promise<void> {
    if (busy.current || changes.length === 0) return;
    busy.current = true;
    const client = portalClient(scope.tenant, scope.environment);
    const results: UpdatedLinks = [];
    let failure: string | undefined;
    for (let offset = 0; offset < changes.length && !failure; offset += batchSize) {
      setProgress({ done: offset, total: changes.length });
      try {
        const batch = changes.slice(offset, offset + batchSize);
        results.push(...(await client.links.updateMany.mutate({ changes: batch })));
      } catch (error) {
        failure = toCallFailure(error).message;
      }
    }
    busy.current = false;
    setProgress(null);
    const changed = results.filter(({ outcome }) => outcome === "done");
    const unchangedCount = results.filter(({ outcome }) => outcome === "same").length;
    const problems = [describeFailures(results), failure].filter(Boolean).join(" ");
    const byId = new Map(changes.map((change) => [change.linkId, change]));
    const undoChanges = changed.flatMap((result) => {
      const change = byId.get(result.linkId);
      return change ? [buildUndo(result, change)] : [];
    });
    toast({
      tone: problems ? "danger" : "success",
      title: `${changed.length === 0 && problems ? "No links" : formatCount(changed.length, "link")} ${pastTense}${unchangedCount > 0 ? `, ${unchangedCount} unchanged` : ""}`,
      ...(problems && { description: problems }),
      ...(undoChanges.length > 0 &&
        !isUndo && {
          action: {
            label: "Undo",
            onClick: () => void run(undoChanges, { pastTense: "restored" }, true),
          },
        }),
    });
    void refreshPage();
  }

  return { run: (changes: Change[], labels: ChangeLabels) => run(changes, labels), progress };
}
