"use client";

import { useState } from "react";
import { portalClient } from "@/components/client";
import { ElementFrame } from "@/components/elements/element-frame";
import { EventConsole } from "@/components/elements/frame/event-console";
import { FrameTroubleNotice } from "@/components/elements/frame/frame-trouble";
import { TokenCountdown } from "@/components/elements/frame/token-countdown";
import { useFrameLog } from "@/components/elements/frame/use-frame-log";
import { elementName } from "@/components/elements/element-name";
import type { Place } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { environmentNames } from "@/server/schemas/environments";
import type { PlacementView } from "@/server/schemas/placements";
import type { Theme } from "@/server/schemas/theme";
import { AttributesForm, type PreviewWish } from "./attributes-form";

type PreviewProps = {
  place: Place;
  placement: PlacementView;
  elementsOrigin: string;
  theme: Theme | null;
  onPractice: (practiceId: string) => void;
};

/** The element as it will look, and what it tells meanwhile. */
export function Preview({ place, placement, elementsOrigin, theme, onPractice }: PreviewProps) {
  const [shown, setShown] = useState<{ wish: PreviewWish; round: number } | null>(null);
  const log = useFrameLog();
  const name = elementName(placement.element);

  function show(wish: PreviewWish) {
    log.begin();
    setShown((before) => ({ wish, round: (before?.round ?? 0) + 1 }));
  }

  async function openSession({ practiceId, patientId }: PreviewWish) {
    const { elementSessions } = portalClient(place.tenant, place.environment);
    // Without the placement, whose saved theme would come back with every renewal.
    return (await elementSessions.open.mutate({ practiceId, patientId })).secret;
  }

  return (
    <div className="flex min-w-0 flex-col gap-5 lg:sticky lg:top-24">
      <Card aria-labelledby="preview">
        <CardHeader
          id="preview"
          title="Preview"
          description={
            <>
              With a session of your own in{" "}
              <strong className="text-ink">{environmentNames[place.environment]}</strong>: the
              placement's origins and switch do not matter here.
            </>
          }
        />
        <AttributesForm
          environment={place.environment}
          practices={placement.practices.filter(({ isConnected }) => isConnected)}
          adminId={placement.attributes.adminId ?? ""}
          isOpen={shown !== null}
          onPractice={onPractice}
          onShow={show}
        />
        {shown ? (
          <div className="mt-5 flex flex-col gap-3">
            <FrameTroubleNotice trouble={log.trouble} onRetry={() => show(shown.wish)} />
            <div className="overflow-hidden rounded-md border border-line-strong">
              <ElementFrame
                key={shown.round}
                elementsOrigin={elementsOrigin}
                environment={place.environment}
                title={name}
                openSession={() => openSession(shown.wish)}
                theme={theme}
                attributes={shown.wish.adminId ? { "admin-id": shown.wish.adminId } : {}}
                onMessage={log.hear}
                onFailure={log.fail}
              />
            </div>
            {log.endsAt || !log.trouble ? <TokenCountdown endsAt={log.endsAt} /> : null}
          </div>
        ) : null}
      </Card>
      <EventConsole lines={log.lines} onClear={log.clear} />
    </div>
  );
}
