"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { formatCount } from "@/components/ui/format-count";
import { Notice } from "@/components/ui/notice";
import { Select } from "@/components/ui/select";

const periods = [
  { hours: 1, label: "The last hour" },
  { hours: 24, label: "The last 24 hours" },
  { hours: 7 * 24, label: "The last 7 days" },
  { hours: 30 * 24, label: "The last 30 days" },
] as const;

type RecoverCardProps = { scope: PortalScope; destinationId: string };

/** Sends the events of a period again that did not arrive. */
export function RecoverCard({ scope, destinationId }: RecoverCardProps) {
  const router = useRouter();
  const [hours, setHours] = useState(24);
  const [count, setCount] = useState<number | null>(null);
  const recover = useAction(async () => {
    setCount(null);
    const since = new Date(Date.now() - hours * 3_600_000).toISOString();
    const { destinations } = portalClient(scope.tenant, scope.environment);
    setCount((await destinations.recover.mutate({ destinationId, since })).count);
    router.refresh();
    return "staying";
  });
  return (
    <Card aria-labelledby="recover">
      <CardHeader
        id="recover"
        title="Recover events"
        description="Sends undelivered events again. Their IDs stay the same."
        className="mb-3"
      />
      <div className="flex flex-col gap-3">
        <Field label="Period" name="period">
          {(ids) => (
            <Select
              {...ids}
              value={hours}
              onChange={(event) => setHours(Number(event.target.value))}
            >
              {periods.map((period) => (
                <option key={period.hours} value={period.hours}>
                  {period.label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Button pending={recover.pending} onClick={recover.run} className="w-fit">
          {recover.pending ? "Recovering…" : "Recover events"}
        </Button>
        {recover.problem ? (
          <Notice tone="danger" role="alert" title="The events were not recovered">
            {recover.problem}
          </Notice>
        ) : null}
        {count === null ? null : (
          <Notice tone="success" role="status" title="Done">
            {count === 0
              ? "All events in this period were delivered."
              : `${formatCount(count, "event")} will be sent again.`}
          </Notice>
        )}
      </div>
    </Card>
  );
}
