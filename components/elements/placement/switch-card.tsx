"use client";

import { Power } from "lucide-react";
import { useRouter } from "next/navigation";
import { portalClient } from "@/components/client";
import { tokenLifetimeMinutes } from "@/components/elements/labels";
import { useAction } from "@/components/forms/use-action";
import { ProductionWarning } from "@/components/shell/production-warning";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Timestamp } from "@/components/ui/timestamp";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import type { PlacementView } from "@/server/schemas/placements";
import { whoCan } from "@/server/schemas/permissions";

type SwitchCardProps = { scope: PortalScope; placement: PlacementView; canManage: boolean };

/** Has no confirmation: it must work at once, and can be undone. */
export function SwitchCard({ scope, placement, canManage }: SwitchCardProps) {
  const { id, isOn, switchedAt, tokensExpireAt } = placement;
  const router = useRouter();
  const toast = useToast();
  const switchAction = useAction(async () => {
    const { placements } = portalClient(scope.tenant, scope.environment);
    await placements.switch.mutate({ placementId: id, isOn: !isOn });
    toast({ tone: "success", title: isOn ? "Placement turned off" : "Placement turned on" });
    router.refresh();
    return "staying";
  });
  return (
    <Card aria-labelledby="switch">
      <CardHeader
        id="switch"
        title={isOn ? "This placement is on" : "This placement is off"}
        className="mb-2"
      />
      <div className="flex flex-col gap-4">
        <div className="flex max-w-prose flex-col gap-1.5 text-muted">
          <p>
            {isOn
              ? "If you turn it off, pages stop getting new tokens straight away."
              : "Pages get no new tokens. They receive the error placement-off."}
          </p>
          <p>
            Tokens already issued stay valid for up to {tokenLifetimeMinutes} minutes and cannot be
            revoked.
          </p>
          {tokensExpireAt ? (
            <p role="status" className="font-medium text-ink">
              Active tokens may be valid until <Timestamp iso={tokensExpireAt} />.
            </p>
          ) : (
            <p role="status">No active tokens.</p>
          )}
        </div>
        {switchAction.problem ? (
          <Notice
            tone="danger"
            role="alert"
            title={isOn ? "The placement was not turned off" : "The placement was not turned on"}
          >
            {switchAction.problem}
          </Notice>
        ) : null}
        {canManage ? (
          <ProductionWarning
            environment={scope.environment}
            text={
              isOn
                ? "Staff will no longer be able to message patients from these pages."
                : "Staff will be able to message patients from these pages again."
            }
          >
            <Button
              icon={<Power />}
              pending={switchAction.pending}
              onClick={switchAction.run}
              className="w-fit"
            >
              {isOn
                ? switchAction.pending
                  ? "Turning off…"
                  : "Turn off"
                : switchAction.pending
                  ? "Turning on…"
                  : "Turn on"}
            </Button>
          </ProductionWarning>
        ) : (
          <p className="text-sm text-muted">{whoCan("elements.manage")}</p>
        )}
        {switchedAt ? (
          <p className="text-sm text-muted">
            Last changed <Timestamp iso={switchedAt} />
          </p>
        ) : null}
      </div>
    </Card>
  );
}
