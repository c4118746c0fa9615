"use client";

import { RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { useAct } from "@/components/form-kit/use-act";

/** Reads uses and opens from Hero now. */
export function RefreshButton({ place, linkId }: { place: Place; linkId: string }) {
  const router = useRouter();
  const [outcome, setOutcome] = useState("");
  const { pending, problem, run } = useAct(async () => {
    setOutcome("");
    await portalClient(place.tenant, place.environment).links.refresh.mutate({ linkId });
    setOutcome("Up to date.");
    router.refresh();
    return "staying";
  });
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 print:hidden">
      <Button size="sm" icon={<RefreshCw />} pending={pending} onClick={run}>
        {pending ? "Asking Hero…" : "Refresh"}
      </Button>
      <p role="status" className={problem ? "text-sm text-danger" : "text-sm text-muted"}>
        {problem ?? outcome}
      </p>
    </div>
  );
}
