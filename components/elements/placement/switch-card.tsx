"use client";

import { Power } from "lucide-react";
import { useRouter } from "next/navigation";
import { portalClient } from "@/components/client";
import { tokenMinutes, whoManagesPlacements } from "@/components/elements/words";
import { useAct } from "@/components/form-kit/use-act";
import { PatientAct } from "@/components/shell/patient-act";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Moment } from "@/components/ui/moment";
import { Notice } from "@/components/ui/notice";
import { useToast } from "@/components/ui/toast";
import type { PlacementView } from "@/server/schemas/placements";

type SwitchCardProps = { place: Place; placement: PlacementView; canManage: boolean };

/** The kill switch. It works at once and can be undone by itself, so it does not ask first. */
export function SwitchCard({ place, placement, canManage }: SwitchCardProps) {
  const { id, isOn, switchedAt, tokensOutUntil } = placement;
  const router = useRouter();
  const toast = useToast();
  const act = useAct(async () => {
    const { placements } = portalClient(place.tenant, place.environment);
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
            Hero for up to {tokenMinutes} minutes; nobody can end them sooner.
          </p>
          {tokensOutUntil ? (
            <p role="status" className="font-medium text-ink">
              A token that is out now may be good until <Moment iso={tokensOutUntil} />.
            </p>
          ) : (
            <p role="status">No token is out now.</p>
          )}
        </div>
        {act.problem ? (
          <Notice
            tone="danger"
            role="alert"
            title={isOn ? "It was not switched off" : "It was not switched on"}
          >
            {act.problem}
          </Notice>
        ) : null}
        {canManage ? (
          <PatientAct
            environment={place.environment}
            text={
              isOn
                ? "Staff cannot write to patients from these pages any more then."
                : "Staff can write to patients from these pages again then."
            }
          >
            <Button icon={<Power />} pending={act.pending} onClick={act.run} className="w-fit">
              {isOn
                ? act.pending
                  ? "Switching off…"
                  : "Switch off"
                : act.pending
                  ? "Switching on…"
                  : "Switch on"}
            </Button>
          </PatientAct>
        ) : (
          <p className="text-sm text-muted">{whoManagesPlacements}</p>
        )}
        {switchedAt ? (
          <p className="text-sm text-muted">
            Last switched <Moment iso={switchedAt} />
          </p>
        ) : null}
      </div>
    </Card>
  );
}
