"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAct } from "@/components/form-kit/use-act";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { AlertDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import type { BulkView } from "@/server/schemas/bulk";

/** Ends a bulk for good, after saying what that is and is not. */
export function CancelBulk({ place, bulk }: { place: Place; bulk: BulkView }) {
  const router = useRouter();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const { pending, problem, run, forget } = useAct(async () => {
    await portalClient(place.tenant, place.environment).bulk.cancel.mutate({ bulkId: bulk.id });
    setOpen(false);
    toast({ tone: "success", title: "Bulk cancelled" });
    router.refresh();
    return "staying";
  });
  const left = bulk.counts.waiting + bulk.counts.working;
  return (
    <>
      <Button variant="quiet" onClick={() => setOpen(true)}>
        Cancel the bulk
      </Button>
      <AlertDialog
        open={open}
        onOpenChange={(next) => {
          setOpen(next);
          forget();
        }}
        title="Cancel this bulk?"
        description={`${left.toLocaleString("en-GB")} of its rows will not be made, and who they are about is erased at once. This cannot be undone.`}
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
