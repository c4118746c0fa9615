"use client";

import { RotateCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { useToast } from "@/components/ui/toast";

type ReplayButtonProps = { scope: PortalScope; deliveryId: string };

/** Processes one delivery again. Hero's record decides, so a second time has no second effect. */
export function ReplayButton({ scope, deliveryId }: ReplayButtonProps) {
  const router = useRouter();
  const toast = useToast();
  const replay = useAction(async () => {
    await portalClient(scope.tenant, scope.environment).deliveries.replay.mutate({ deliveryId });
    toast({ tone: "success", title: "The delivery is processed again" });
    router.refresh();
    return "staying";
  });
  return (
    <div className="flex flex-col items-end gap-1">
      <Button icon={<RotateCw />} pending={replay.pending} onClick={replay.run}>
        {replay.pending ? "Replaying…" : "Replay"}
      </Button>
      {replay.problem ? (
        <p role="alert" className="text-sm text-danger">
          {replay.problem}
        </p>
      ) : null}
    </div>
  );
}
