"use client";

import { KeyRound, Send } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import type { EndpointTest } from "@/server/schemas/webhooks";

const describeTest = ({ isAnswered, durationMs, problem }: EndpointTest): string =>
  isAnswered
    ? `The endpoint responded (${durationMs.toLocaleString("en-GB")} ms). Only a delivery from Hero shows that Hero can reach it.`
    : (problem ?? "The endpoint did not respond.");

type EndpointActionsProps = {
  scope: PortalScope;
  endpointId: string;
  label: string;
  canRotate: boolean;
};

/** Tests an endpoint's address, and gives it a new signing key. */
export function EndpointActions({ scope, endpointId, label, canRotate }: EndpointActionsProps) {
  const router = useRouter();
  const [outcome, setOutcome] = useState("");
  const client = () => portalClient(scope.tenant, scope.environment);
  const test = useAction(async () => {
    setOutcome("");
    setOutcome(describeTest(await client().webhooks.test.mutate({ endpointId })));
    return "staying";
  });
  const rotate = useAction(async () => {
    setOutcome("");
    const { isRotating } = await client().webhooks.rotateKey.mutate({ endpointId });
    setOutcome(
      isRotating
        ? "Hero has not confirmed the new key yet. Both keys are accepted."
        : "Hero now signs with a new key. The old one is accepted for 24 hours.",
    );
    router.refresh();
    return "staying";
  });
  const problem = test.problem ?? rotate.problem;
  return (
    <div>
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          icon={<Send />}
          pending={test.pending}
          onClick={test.run}
          aria-label={`Test – ${label}`}
        >
          {test.pending ? "Testing…" : "Test"}
        </Button>
        {canRotate ? (
          <Button
            size="sm"
            icon={<KeyRound />}
            pending={rotate.pending}
            onClick={rotate.run}
            aria-label={`Rotate signing key – ${label}`}
          >
            {rotate.pending ? "Rotating…" : "Rotate signing key"}
          </Button>
        ) : null}
      </div>
      <p role="status" className={`mt-1 text-sm ${problem ? "text-danger" : "text-muted"}`}>
        {problem ?? outcome}
      </p>
    </div>
  );
}
