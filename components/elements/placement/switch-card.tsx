"use client";

import { Power } from "lucide-react";
import { useRouter } from "next/navigation";
import { portalClient } from "@/components/client";
import { tokenLifetimeMinutes, whoManagesPlacements } from "@/components/elements/labels";
import { useAction } from "@/components/forms/use-action";
import { ProductionWarning } from "@/components/shell/production-warning";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Timestamp } from "@/components/ui/timestamp";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import type { PlacementView } from "@/server/schemas/placements";

type SwitchCardProps = { scope: PortalScope; placement: PlacementView; canManage: boolean };

/** The kill switch. It works at once and can be undone by itself, so it does not ask first. */
export function SwitchCard({ scope, placement, canManage }: SwitchCardProps) {
  const { id, isOn, switchedAt, tokensExpireAt } = placement;
  const router = useRouter();
  const toast = useToast();
  const switchAction = useAction(async () => {
    const { placements } = portalClient(scope.tenant, scope.environment);
    await placements.switch.mutate({ placementId: id, isOn: !isOn });
    toast({ tone: "success", title: isOn ? "Switched off" : "Switched on" });
    router.refresh();
    return "staying";
  });
  return (
    <Card aria-labelledby="switch">
      <CardHeader id="switch" title={isOn ? "Switched on" : "Switched off"} className="mb-2" />
      <div className="flex flex-col gap-4">
        <div className="flex max-w-prose flex-col gap-1.5 text-muted">
          <p>
            {isOn
              ? "Pages of this placement get tokens. Switched off, no page gets another one, from that moment on."
              : "No page gets a token. Pages that ask are told that the placement is switched off."}
          </p>
          <p>
            {isOn ? "Tokens that are out then stay" : "Tokens that were already out stay"} good at
            Hero for up to {tokenLifetimeMinutes} minutes; nobody can end them sooner.
          </p>
          {tokensExpireAt ? (
            <p role="status" className="font-medium text-ink">
              A token that is out now may be good until <Timestamp iso={tokensExpireAt} />.
            </p>
          ) : (
            <p role="status">No token is out now.</p>
          )}
        </div>
        {switchAction.problem ? (
          <Notice
            tone="danger"
            role="alert"
            title={isOn ? "It was not switched off" : "It was not switched on"}
          >
            {switchAction.problem}
          </Notice>
        ) : null}
        {canManage ? (
          <ProductionWarning
            environment={scope.environment}
            text={
              isOn
                ? "Staff cannot write to patients from these pages any more then."
                : "Staff can write to patients from these pages again then."
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
                  ? "Switching off…"
                  : "Switch off"
                : switchAction.pending
                  ? "Switching on…"
                  : "Switch on"}
            </Button>
          </ProductionWarning>
        ) : (
          <p className="text-sm text-muted">{whoManagesPlacements}</p>
        )}
        {switchedAt ? (
          <p className="text-sm text-muted">
            Last switched <Timestamp iso={switchedAt} />
          </p>
        ) : null}
      </div>
    </Card>
  );
}
