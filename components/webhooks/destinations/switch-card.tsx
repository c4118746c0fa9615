"use client";

import { Power } from "lucide-react";
import { useRouter } from "next/navigation";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-count";
import { Notice } from "@/components/ui/notice";
import { Timestamp } from "@/components/ui/timestamp";
import { useToast } from "@/components/ui/toast";
import type { DestinationView } from "@/server/schemas/destinations";
import { whoCan } from "@/server/schemas/permissions";

type SwitchCardProps = { scope: PortalScope; destination: DestinationView; canManage: boolean };

const offReasons = {
  by_person: "A member turned it off.",
  gone: "Its address returned status 410 (gone).",
  failing: "It failed for five days.",
} as const;

/** Whether events are sent, what waits, and the button that turns the destination on or off. */
export function SwitchCard({ scope, destination, canManage }: SwitchCardProps) {
  const { id, isOn, offReason, offSince, failingSince, pausedUntil, waitingCount } = destination;
  const router = useRouter();
  const toast = useToast();
  const action = useAction(async () => {
    const { destinations } = portalClient(scope.tenant, scope.environment);
    await destinations.switch.mutate({ destinationId: id, isOn: !isOn });
    toast({ tone: "success", title: isOn ? "Destination turned off" : "Destination turned on" });
    router.refresh();
    return "staying";
  });
  return (
    <Card aria-labelledby="switch">
      <CardHeader
        id="switch"
        title={isOn ? "This destination is on" : "This destination is off"}
        className="mb-2"
      />
      <div className="flex flex-col gap-4">
        <div className="flex max-w-prose flex-col gap-1.5 text-muted">
          {isOn ? null : (
            <p>
              {offReason ? offReasons[offReason] : null}
              {offSince ? (
                <>
                  {" "}
                  Off since <Timestamp iso={offSince} />.
                </>
              ) : null}{" "}
              Events are kept for 90 days and sent when you turn it on.
            </p>
          )}
          {failingSince ? (
            <p>
              Failing since <Timestamp iso={failingSince} />. It is turned off after five days of
              failures.
            </p>
          ) : null}
          {pausedUntil ? (
            <p>
              Its address asked us to slow down. Sending resumes at <Timestamp iso={pausedUntil} />.
            </p>
          ) : null}
          <p role="status" className="font-medium text-ink">
            {waitingCount === 0
              ? "No events are waiting."
              : `Waiting: ${formatCount(waitingCount, "event")}`}
          </p>
        </div>
        {action.problem ? (
          <Notice
            tone="danger"
            role="alert"
            title={
              isOn ? "The destination was not turned off" : "The destination was not turned on"
            }
          >
            {action.problem}
          </Notice>
        ) : null}
        {canManage ? (
          <Button icon={<Power />} pending={action.pending} onClick={action.run} className="w-fit">
            {isOn
              ? action.pending
                ? "Turning off…"
                : "Turn off"
              : action.pending
                ? "Turning on…"
                : "Turn on"}
          </Button>
        ) : (
          <p className="text-sm text-muted">{whoCan("webhooks.manage")}</p>
        )}
      </div>
    </Card>
  );
}
