"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { AlertDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import type { BulkUploadView } from "@/server/schemas/bulk-uploads";

/** Ends a bulk for good, after saying what that is and is not. */
export function CancelBulkUpload({
  scope,
  bulkUpload,
}: {
  scope: PortalScope;
  bulkUpload: BulkUploadView;
}) {
  const router = useRouter();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const { pending, problem, run, clearProblem } = useAction(async () => {
    await portalClient(scope.tenant, scope.environment).bulkUploads.cancel.mutate({
      bulkUploadId: bulkUpload.id,
    });
    setOpen(false);
    toast({ tone: "success", title: "Bulk cancelled" });
    router.refresh();
    return "staying";
  });
  const remaining = bulkUpload.counts.waiting + bulkUpload.counts.working;
  return (
    <>
      <Button variant="quiet" onClick={() => setOpen(true)}>
        Cancel the bulk
      </Button>
      <AlertDialog
        open={open}
        onOpenChange={(next) => {
          setOpen(next);
          clearProblem();
        }}
        title="Cancel this bulk?"
        description={`${remaining.toLocaleString("en-GB")} of its rows will not be made, and who they are about is erased at once. This cannot be undone.`}
        confirmLabel={pending ? "Cancelling…" : "Cancel the bulk"}
        cancelLabel="Go on with it"
        pending={pending}
        onConfirm={run}
      >
        <p>Links already made stay as they are.</p>
        {problem ? (
          <div className="mt-4">
            <Notice tone="danger" role="alert" title="The bulk was not cancelled">
              {problem}
            </Notice>
          </div>
        ) : null}
      </AlertDialog>
    </>
  );
}
