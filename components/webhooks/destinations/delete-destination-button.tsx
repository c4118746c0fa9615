"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import { type PortalScope, portalPath } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { AlertDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";

type DeleteDestinationButtonProps = { scope: PortalScope; destinationId: string; name: string };

/** Deletes a destination after confirmation. This cannot be undone. */
export function DeleteDestinationButton({
  scope,
  destinationId,
  name,
}: DeleteDestinationButtonProps) {
  const router = useRouter();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const remove = useAction(async () => {
    const { destinations } = portalClient(scope.tenant, scope.environment);
    await destinations.delete.mutate({ destinationId });
    toast({ tone: "success", title: `Deleted ${name}` });
    router.push(portalPath(scope, "/webhooks/destinations"));
    router.refresh();
    return "navigating";
  });
  return (
    <>
      <Button onClick={() => setOpen(true)} className="text-danger! hover:bg-danger-soft!">
        Delete
      </Button>
      <AlertDialog
        open={open}
        onOpenChange={(next) => {
          setOpen(next);
          remove.clearProblem();
        }}
        title={`Delete ${name}?`}
        description="No more events will be sent to it, including those that are waiting. You can still read the events with the API."
        confirmLabel={remove.pending ? "Deleting…" : "Delete destination"}
        pending={remove.pending}
        onConfirm={remove.run}
      >
        {remove.problem ? (
          <Notice tone="danger" role="alert" title="The destination was not deleted">
            {remove.problem}
          </Notice>
        ) : null}
      </AlertDialog>
    </>
  );
}
