"use client";

import { useRefresh } from "@/components/ui/use-refresh";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { portalClient, toCallFailure } from "@/components/client";
import { formatCount } from "@/components/ui/format-count";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { useToast } from "@/components/ui/toast";

/** Reads the links of this page from Hero, one after the other. */
export function RefreshPageButton({
  scope,
  linkIds,
}: {
  scope: PortalScope;
  linkIds: readonly string[];
}) {
  const refreshPage = useRefresh();
  const toast = useToast();
  const [doneCount, setDoneCount] = useState<number | null>(null);

  async function refresh() {
    const client = portalClient(scope.tenant, scope.environment);
    let failedCount = 0;
    let reason = "";
    setDoneCount(0);
    for (const [index, linkId] of linkIds.entries()) {
      try {
        await client.links.refresh.mutate({ linkId });
      } catch (error) {
        failedCount += 1;
        reason = toCallFailure(error).message;
      }
      setDoneCount(index + 1);
    }
    setDoneCount(null);
    toast(
      failedCount > 0
        ? {
            tone: "danger",
            title: `${formatCount(failedCount, "link")} could not be refreshed`,
            description: `${reason} The last counts are still shown.`,
          }
        : { tone: "success", title: `${formatCount(linkIds.length, "link")} refreshed` },
    );
    void refreshPage();
  }

  return (
    <Button
      size="sm"
      variant="quiet"
      icon={<RefreshCw />}
      pending={doneCount !== null}
      onClick={() => void refresh()}
    >
      {doneCount === null ? "Refresh counts" : `${doneCount} of ${linkIds.length}…`}
    </Button>
  );
}
