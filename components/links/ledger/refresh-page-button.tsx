"use client";

import { RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient, readFailure } from "@/components/client";
import { count } from "@/components/practices/words";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { useToast } from "@/components/ui/toast";

/** Reads the links of this page from Hero now, one after the other. */
export function RefreshPageButton({
  place,
  linkIds,
}: {
  place: Place;
  linkIds: readonly string[];
}) {
  const router = useRouter();
  const toast = useToast();
  const [done, setDone] = useState<number | null>(null);

  async function refresh() {
    const client = portalClient(place.tenant, place.environment);
    let failed = 0;
    let reason = "";
    setDone(0);
    for (const [at, linkId] of linkIds.entries()) {
      try {
        await client.links.refresh.mutate({ linkId });
      } catch (error) {
        failed += 1;
        reason = readFailure(error).message;
      }
      setDone(at + 1);
    }
    setDone(null);
    toast(
      failed > 0
        ? {
            tone: "danger",
            title: `${count(failed, "link")} could not be read`,
            description: `${reason} What was known before stays.`,
          }
        : { tone: "success", title: `${count(linkIds.length, "link")} up to date` },
    );
    router.refresh();
  }

  return (
    <Button
      size="sm"
      variant="quiet"
      icon={<RefreshCw />}
      pending={done !== null}
      onClick={() => void refresh()}
    >
      {done === null ? "Refresh these" : `${done} of ${linkIds.length}…`}
    </Button>
  );
}
