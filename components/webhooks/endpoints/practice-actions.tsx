"use client";

import { GitCompareArrows, Wrench } from "lucide-react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { useToast } from "@/components/ui/toast";

type PracticeActionProps = { scope: PortalScope; practiceIds: readonly string[] };

/** Compares registrations with Hero's lists. The page changes when the result is there. */
export function CompareButton({ scope, practiceIds }: PracticeActionProps) {
  const toast = useToast();
  const { pending, problem, run } = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    await client.webhooks.compare.mutate({ practiceIds: [...practiceIds] });
    toast({ title: "Comparing with Hero", description: "This page shows the result." });
    return "staying";
  });
  return (
    <div>
      <Button icon={<GitCompareArrows />} pending={pending} onClick={run}>
        {pending ? "Requesting…" : "Compare with Hero"}
      </Button>
      {problem ? (
        <p role="alert" className="mt-1 text-sm text-danger">
          {problem}
        </p>
      ) : null}
    </div>
  );
}

/** Makes Hero's registrations equal to what is selected. */
export function RepairButton({ scope, practiceIds }: PracticeActionProps) {
  const toast = useToast();
  const { pending, problem, run } = useAction(async () => {
    const client = portalClient(scope.tenant, scope.environment);
    await client.webhooks.repair.mutate({ practiceIds: [...practiceIds] });
    toast({ title: "Repairing", description: "This page shows the result." });
    return "staying";
  });
  return (
    <div>
      <Button icon={<Wrench />} size="sm" pending={pending} onClick={run}>
        {pending ? "Requesting…" : "Repair"}
      </Button>
      {problem ? (
        <p role="alert" className="mt-1 text-sm text-danger">
          {problem}
        </p>
      ) : null}
    </div>
  );
}
