"use client";

import { Activity } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import type { PracticeView } from "@/server/schemas/practices";

function describeTest({ health, capabilityChecks }: PracticeView): string {
  const practiceCheck = capabilityChecks.find((check) => check.capability === "practice");
  const duration = practiceCheck
    ? ` in ${practiceCheck.durationMs.toLocaleString("en-GB")} ms`
    : "";
  if (health === "working") return `Hero responded${duration}.`;
  if (health === "limited") return `Hero responded${duration}. Some checks failed.`;
  if (health === "needs_new_key") return `Hero rejected the key${duration}.`;
  return `The test failed${duration}.`;
}

type TestNowButtonProps = { scope: PortalScope; practiceId: string };

/** Tests the connection now and shows the result and how long it took. */
export function TestNowButton({ scope, practiceId }: TestNowButtonProps) {
  const router = useRouter();
  const [outcome, setOutcome] = useState("");
  const { pending, problem, run } = useAction(async () => {
    setOutcome("");
    const client = portalClient(scope.tenant, scope.environment);
    setOutcome(describeTest(await client.practices.testConnection.mutate({ practiceId })));
    router.refresh();
    return "staying";
  });
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <Button icon={<Activity />} pending={pending} onClick={run}>
        {pending ? "Testing…" : "Test now"}
      </Button>
      <p role="status" className={problem ? "text-sm text-danger" : "text-sm text-muted"}>
        {problem ?? outcome}
      </p>
    </div>
  );
}
