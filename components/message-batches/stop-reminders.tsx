"use client";

import { useRouter } from "next/navigation";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { useToast } from "@/components/ui/toast";

type StopRemindersForProps = {
  scope: PortalScope;
  batchId: string;
  patientId: string;
  rowNumber: number;
};

/** Ends reminders for one patient: one who rang, for example. */
export function StopRemindersFor({ scope, batchId, patientId, rowNumber }: StopRemindersForProps) {
  const router = useRouter();
  const toast = useToast();
  const stop = useAction(async () => {
    const { messageBatches } = portalClient(scope.tenant, scope.environment);
    await messageBatches.stopRemindersForRecipient.mutate({ batchId, patientId });
    toast({ title: "No more reminders for this patient" });
    router.refresh();
    return "staying";
  });
  return (
    <span className="block">
      <Button size="sm" variant="quiet" pending={stop.pending} onClick={stop.run}>
        {stop.pending ? "Stopping…" : "Stop for this patient"}
        <span className="sr-only"> in row {rowNumber}</span>
      </Button>
      {stop.problem ? (
        <span role="alert" className="block text-danger">
          {stop.problem}
        </span>
      ) : null}
    </span>
  );
}

/** Ends all reminders of a batch. */
export function StopReminders({ scope, batchId }: { scope: PortalScope; batchId: string }) {
  const router = useRouter();
  const toast = useToast();
  const stop = useAction(async () => {
    const { messageBatches } = portalClient(scope.tenant, scope.environment);
    await messageBatches.stopReminders.mutate({ batchId });
    toast({ title: "Reminders stopped" });
    router.refresh();
    return "staying";
  });
  return (
    <div>
      <Button size="sm" pending={stop.pending} onClick={stop.run}>
        {stop.pending ? "Stopping…" : "Stop all reminders"}
      </Button>
      {stop.problem ? (
        <p role="alert" className="mt-2 font-medium text-danger">
          {stop.problem}
        </p>
      ) : null}
    </div>
  );
}
