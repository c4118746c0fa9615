"use client";

import { useRouter } from "next/navigation";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { useToast } from "@/components/ui/toast";

type ResendButtonProps = {
  scope: PortalScope;
  destinationId: string;
  event: { id: string; type: string };
};

/** Sends one event again, with the same ID. */
export function ResendButton({ scope, destinationId, event }: ResendButtonProps) {
  const router = useRouter();
  const toast = useToast();
  const resend = useAction(async () => {
    const { destinations } = portalClient(scope.tenant, scope.environment);
    await destinations.resend.mutate({ destinationId, eventId: event.id });
    toast({ tone: "success", title: "The event will be sent again" });
    router.refresh();
    return "staying";
  });
  return (
    <>
      <Button
        size="sm"
        aria-label={`Send again – ${event.type}`}
        pending={resend.pending}
        onClick={resend.run}
      >
        Send again
      </Button>
      {resend.problem ? (
        <span role="alert" className="block text-sm text-danger">
          {resend.problem}
        </span>
      ) : null}
    </>
  );
}
