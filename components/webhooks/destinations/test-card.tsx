"use client";

import { Send } from "lucide-react";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { describeAttempt } from "@/components/webhooks/events/labels";
import type { DestinationTestResult } from "@/server/schemas/destinations";

type TestCardProps = { scope: PortalScope; destinationId: string };

const isSuccess = ({ status }: DestinationTestResult) =>
  status !== null && status >= 200 && status < 300;

/** Sends a test event once and shows the status of the answer. */
export function TestCard({ scope, destinationId }: TestCardProps) {
  const [result, setResult] = useState<DestinationTestResult | null>(null);
  const test = useAction(async () => {
    setResult(null);
    const { destinations } = portalClient(scope.tenant, scope.environment);
    setResult(await destinations.test.mutate({ destinationId }));
    return "staying";
  });
  return (
    <Card aria-labelledby="test">
      <CardHeader
        id="test"
        title="Test event"
        description="Sends an event of the type destination.test, signed like any other. It is not retried and changes nothing."
        className="mb-3"
      />
      <div className="flex flex-col gap-3">
        <Button icon={<Send />} pending={test.pending} onClick={test.run} className="w-fit">
          {test.pending ? "Sending…" : "Send a test event"}
        </Button>
        {test.problem ? (
          <Notice tone="danger" role="alert" title="The test event was not sent">
            {test.problem}
          </Notice>
        ) : null}
        {result ? (
          <Notice
            tone={isSuccess(result) ? "success" : "danger"}
            role="status"
            title={
              isSuccess(result)
                ? "The test event was delivered"
                : "The test event was not delivered"
            }
          >
            {describeAttempt({ status: result.status, errorCode: result.failure })} after{" "}
            {result.durationMs} ms.
          </Notice>
        ) : null}
      </div>
    </Card>
  );
}
