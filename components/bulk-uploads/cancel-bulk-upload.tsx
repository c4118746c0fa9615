"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { AlertDialog } from "@/components/ui/dialog";
import { formatCount } from "@/components/ui/format-count";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import type { BulkUploadView } from "@/server/schemas/bulk-uploads";

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
    toast({ tone: "success", title: "Upload cancelled" });
    router.refresh();
    return "staying";
  });
  const remaining = bulkUpload.counts.waiting + bulkUpload.counts.working;
  return (
    <>
      <Button variant="quiet" onClick={() => setOpen(true)}>
        Cancel upload
      </Button>
      <AlertDialog
        open={open}
        onOpenChange={(next) => {
          setOpen(next);
          clearProblem();
        }}
        title="Cancel this upload?"
        description={`${formatCount(remaining, "link")} will not be created. Patient details will be deleted. This cannot be undone.`}
        confirmLabel={pending ? "Cancelling…" : "Cancel upload"}
        cancelLabel="Keep going"
        pending={pending}
        onConfirm={run}
      >
        <p>Existing links are not affected.</p>
        {problem ? (
          <div className="mt-4">
            <Notice tone="danger" role="alert" title="The upload was not cancelled">
              {problem}
            </Notice>
          </div>
        ) : null}
      </AlertDialog>
    </>
  );
}
