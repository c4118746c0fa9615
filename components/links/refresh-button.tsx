"use client";

import { RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { useAction } from "@/components/forms/use-action";

/** Reads uses and opens from Hero. */
export function RefreshButton({ scope, linkId }: { scope: PortalScope; linkId: string }) {
  const router = useRouter();
  const [statusText, setStatusText] = useState("");
  const { pending, problem, run } = useAction(async () => {
    setStatusText("");
    await portalClient(scope.tenant, scope.environment).links.refresh.mutate({ linkId });
    setStatusText("Up to date.");
    router.refresh();
    return "staying";
  });
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 print:hidden">
      <Button size="sm" icon={<RefreshCw />} pending={pending} onClick={run}>
        {pending ? "Refreshing…" : "Refresh"}
      </Button>
      <p role="status" className={problem ? "text-sm text-danger" : "text-sm text-muted"}>
        {problem ?? statusText}
      </p>
    </div>
  );
}
