"use client";

import { Pause, Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { useCountdown } from "@/components/appointments/use-countdown";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import { ProductionWarning } from "@/components/shell/production-warning";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { AlertDialog } from "@/components/ui/dialog";
import { formatCount } from "@/components/ui/format-count";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import { formatTimestamp } from "@/server/schemas/dates";
import type { MessageBatchView } from "@/server/schemas/message-batches";
import { countMessages } from "./labels";

export type BatchProps = { scope: PortalScope; batch: MessageBatchView };

const changes = ["check", "withdraw", "pause", "continue"] as const;

type SimpleActionProps = BatchProps & {
  change: (typeof changes)[number];
  label: string;
  pendingLabel: string;
  variant?: "primary" | "secondary";
  icon?: ReactNode;
};

/** One press changes the batch; its failure is said below the button. */
export function BatchAction(props: SimpleActionProps) {
  const { scope, batch, change, label, pendingLabel, variant = "secondary", icon } = props;
  const router = useRouter();
  const action = useAction(async () => {
    const { messageBatches } = portalClient(scope.tenant, scope.environment);
    await messageBatches[change].mutate({ batchId: batch.id });
    router.refresh();
    return "staying";
  });
  return (
    <div>
      <Button variant={variant} icon={icon} pending={action.pending} onClick={action.run}>
        {action.pending ? pendingLabel : label}
      </Button>
      {action.problem ? (
        <p role="alert" className="mt-2 font-medium text-danger">
          {action.problem}
        </p>
      ) : null}
    </div>
  );
}

/** Pause while it is sent, or continue. */
export function PauseOrContinue({ scope, batch }: BatchProps) {
  if (batch.state === "sending") {
    return (
      <BatchAction
        scope={scope}
        batch={batch}
        change="pause"
        label="Pause"
        pendingLabel="Pausing…"
        icon={<Pause />}
      />
    );
  }
  return (
    <ProductionWarning
      environment={scope.environment}
      text={`This sends ${countMessages(batch.channel, batch.counts.toSend)} to patients.`}
    >
      <BatchAction
        scope={scope}
        batch={batch}
        change="continue"
        label="Continue"
        pendingLabel="Continuing…"
        variant="primary"
        icon={<Play />}
      />
    </ProductionWarning>
  );
}

/** Ends a batch that is being sent. What has left cannot be recalled. */
export function StopBatch({ scope, batch }: BatchProps) {
  const router = useRouter();
  const toast = useToast();
  const [isOpen, setOpen] = useState(false);
  const stop = useAction(async () => {
    const { messageBatches } = portalClient(scope.tenant, scope.environment);
    const stopped = await messageBatches.stop.mutate({ batchId: batch.id });
    setOpen(false);
    const { sent, unknown } = stopped.counts;
    toast({
      title: `Batch stopped. ${formatCount(sent + unknown, "message")} had left`,
    });
    router.refresh();
    return "staying";
  });
  return (
    <>
      <Button
        variant="danger"
        onClick={() => {
          stop.clearProblem();
          setOpen(true);
        }}
      >
        Stop batch
      </Button>
      <AlertDialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Stop this batch?"
        description={`${countMessages(batch.channel, batch.counts.toSend)} will not be sent. Messages that have left cannot be recalled. A stopped batch cannot be continued.`}
        confirmLabel={stop.pending ? "Stopping…" : "Stop batch"}
        cancelLabel="Keep the batch"
        pending={stop.pending}
        onConfirm={stop.run}
      >
        {stop.problem ? (
          <Notice tone="danger" title="The batch was not stopped" role="alert">
            {stop.problem}
          </Notice>
        ) : null}
      </AlertDialog>
    </>
  );
}

/** Ends a batch of which nothing was sent. */
export function CancelBatch({ scope, batch }: BatchProps) {
  const router = useRouter();
  const toast = useToast();
  const [isOpen, setOpen] = useState(false);
  const cancel = useCancel({ scope, batch }, () => {
    setOpen(false);
    toast({ title: "Batch cancelled. Nothing was sent" });
    router.refresh();
  });
  return (
    <>
      <Button
        variant="quiet"
        onClick={() => {
          cancel.clearProblem();
          setOpen(true);
        }}
      >
        Cancel batch
      </Button>
      <AlertDialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Cancel this batch?"
        description="Nothing has been sent, and nothing will be. To send it after all, create another batch."
        confirmLabel={cancel.pending ? "Cancelling…" : "Cancel batch"}
        cancelLabel="Keep the batch"
        pending={cancel.pending}
        onConfirm={cancel.run}
      >
        {cancel.problem ? (
          <Notice tone="danger" title="The batch is not cancelled" role="alert">
            {cancel.problem}
          </Notice>
        ) : null}
      </AlertDialog>
    </>
  );
}

/** Waiting longer than this, it has a time of its own, and is cancelled instead of undone. */
const maxUndoSeconds = 15 * 60;

/** Until its first message leaves: the seconds in which it can be undone, or when it leaves. */
export function ScheduledBatch({ scope, batch, canSend }: BatchProps & { canSend: boolean }) {
  const router = useRouter();
  const toast = useToast();
  const seconds = useCountdown(batch.sendAt);
  const undo = useCancel({ scope, batch }, () => {
    toast({ title: "Batch undone. Nothing was sent" });
    router.refresh();
  });
  const messages = countMessages(batch.channel, batch.counts.included);
  if (batch.sendAt === null || seconds === null) return null;
  if (seconds > maxUndoSeconds) {
    return (
      <div className="flex flex-col items-start gap-3">
        <p className="text-lg font-semibold">
          {messages} will be sent from {formatTimestamp(batch.sendAt)}, UK time.
        </p>
        {canSend ? <CancelBatch scope={scope} batch={batch} /> : null}
      </div>
    );
  }
  const hasEnded = seconds === 0;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border border-ending-line bg-ending-soft p-4">
      <p className="min-w-0 flex-1 basis-48 text-lg font-semibold text-ending">
        {hasEnded ? (
          "Sending…"
        ) : (
          <>
            Sending {messages} in{" "}
            <span role="timer" aria-live="off" className="tabular-nums">
              {formatCount(seconds, "second")}
            </span>
          </>
        )}
      </p>
      {canSend && (!hasEnded || undo.pending) ? (
        <Button pending={undo.pending} onClick={undo.run}>
          {undo.pending ? "Undoing…" : "Undo"}
        </Button>
      ) : null}
      <p role="status" className="sr-only">
        {hasEnded
          ? "The time to undo has ended."
          : "You can undo this until the first message is sent. Press Undo to stop it."}
      </p>
      {undo.problem ? (
        <p role="alert" className="w-full font-medium text-danger">
          {undo.problem}
        </p>
      ) : null}
    </div>
  );
}

function useCancel({ scope, batch }: BatchProps, onCancelled: () => void) {
  return useAction(async () => {
    const { messageBatches } = portalClient(scope.tenant, scope.environment);
    await messageBatches.cancel.mutate({ batchId: batch.id });
    onCancelled();
    return "staying";
  });
}
