"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { ProductionWarning } from "@/components/shell/production-warning";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { AlertDialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import type { MergePreview, MergeView } from "@/server/schemas/merges";
import { RefuseMerge } from "./lazy-forms";
import { MergeComparison } from "./merge-comparison";
import { MergeRefused } from "./merge-refused";

type MergeActionProps = { scope: PortalScope; merge: MergeView };

/** The second person compares the records for themselves, then approves or refuses. */
export function DecideMerge({ scope, merge }: MergeActionProps) {
  const router = useRouter();
  const client = portalClient(scope.tenant, scope.environment);
  const [preview, setPreview] = useState<MergePreview | null>(null);
  const [isConfirming, setIsConfirming] = useState(false);
  const compare = useAction(async () => {
    setPreview(await client.merges.review.mutate({ mergeId: merge.id }));
    return "staying";
  });
  const approve = useAction(async () => {
    if (preview?.outcome !== "can_be_merged") return "staying";
    const { previewFingerprint } = preview;
    await client.merges.approve.mutate({ mergeId: merge.id, previewFingerprint });
    setIsConfirming(false);
    router.refresh();
    return "staying";
  });
  return (
    <div className="flex flex-col gap-5">
      <Card aria-labelledby="decide">
        <h2 id="decide" className="text-lg font-semibold">
          Your decision
        </h2>
        <p className="mt-1 max-w-prose text-muted">
          Compare the records yourself before you approve. They must be the same as when the merge
          was requested.
        </p>
        <div className="mt-4 flex flex-wrap gap-2">
          <Button
            variant={preview ? "secondary" : "primary"}
            pending={compare.pending}
            onClick={compare.run}
          >
            {compare.pending ? "Comparing…" : "Compare records"}
          </Button>
          <RefuseMerge scope={scope} mergeId={merge.id} />
        </div>
        {compare.problem ? (
          <p role="alert" className="mt-3 text-danger">
            {compare.problem}
          </p>
        ) : null}
      </Card>
      <div role="status" className="sr-only">
        {preview?.outcome === "can_be_merged" ? "The comparison is shown below." : null}
      </div>
      {preview && preview.outcome !== "can_be_merged" ? <MergeRefused preview={preview} /> : null}
      {preview?.outcome === "can_be_merged" ? (
        <>
          <MergeComparison
            comparison={preview}
            patientId={merge.patientId}
            otherPatientId={merge.otherPatientId}
          />
          <ProductionWarning
            environment={scope.environment}
            text="This changes a patient's record at the practice."
          >
            <Button variant="danger" className="w-fit" onClick={() => setIsConfirming(true)}>
              Approve and merge
            </Button>
          </ProductionWarning>
          <AlertDialog
            open={isConfirming}
            onOpenChange={(open) => {
              setIsConfirming(open);
              approve.clearProblem();
            }}
            title="Merge these two records?"
            description={`Record ${preview.survivorPatientId} remains. This cannot be undone.`}
            confirmLabel={approve.pending ? "Merging…" : "Merge records"}
            pending={approve.pending}
            onConfirm={approve.run}
          >
            {approve.problem ? (
              <Notice tone="danger" role="alert" title="The merge was not confirmed">
                {approve.problem}
              </Notice>
            ) : null}
          </AlertDialog>
        </>
      ) : null}
    </div>
  );
}

/** Withdraws one's own request. */
export function WithdrawMerge({ scope, merge }: MergeActionProps) {
  return (
    <SimpleAction
      label="Withdraw request"
      pendingLabel="Withdrawing…"
      run={async () => {
        const client = portalClient(scope.tenant, scope.environment);
        await client.merges.withdraw.mutate({ mergeId: merge.id });
      }}
    />
  );
}

/** Reads both records again. */
export function CheckMerge({ scope, merge }: MergeActionProps) {
  return (
    <SimpleAction
      label="Check again"
      pendingLabel="Checking…"
      run={async () => {
        const client = portalClient(scope.tenant, scope.environment);
        await client.merges.resolve.mutate({ mergeId: merge.id });
      }}
    />
  );
}

function SimpleAction({
  label,
  pendingLabel,
  run,
}: {
  label: string;
  pendingLabel: string;
  run: () => Promise<void>;
}) {
  const router = useRouter();
  const action = useAction(async () => {
    await run();
    router.refresh();
    return "staying";
  });
  return (
    <div>
      <Button pending={action.pending} onClick={action.run}>
        {action.pending ? pendingLabel : label}
      </Button>
      {action.problem ? (
        <p role="alert" className="mt-2 text-danger">
          {action.problem}
        </p>
      ) : null}
    </div>
  );
}
