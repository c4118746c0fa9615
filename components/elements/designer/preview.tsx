"use client";

import { useState } from "react";
import { portalClient } from "@/components/client";
import { ElementFrame } from "@/components/elements/element-frame";
import { EventConsole } from "@/components/elements/frame/event-console";
import { FrameErrorNotice } from "@/components/elements/frame/frame-error";
import { TokenCountdown } from "@/components/elements/frame/token-countdown";
import { useFrameEvents } from "@/components/elements/frame/use-frame-events";
import { elementName } from "@/components/elements/element-name";
import type { PortalScope } from "@/components/shell/portal-path";
import { Card, CardHeader } from "@/components/ui/card";
import { environmentNames } from "@/server/schemas/environment-names";
import type { PlacementView } from "@/server/schemas/placements";
import type { Theme } from "@/server/schemas/theme";
import { AttributesForm, type PreviewOptions } from "./attributes-form";

type PreviewProps = {
  scope: PortalScope;
  placement: PlacementView;
  elementsOrigin: string;
  theme: Theme | null;
};

export function Preview({ scope, placement, elementsOrigin, theme }: PreviewProps) {
  const [preview, setPreview] = useState<{ options: PreviewOptions; reloadKey: number } | null>(
    null,
  );
  const frameEvents = useFrameEvents();
  const name = elementName(placement.element);

  function show(options: PreviewOptions) {
    frameEvents.start();
    setPreview((previous) => ({ options, reloadKey: (previous?.reloadKey ?? 0) + 1 }));
  }

  async function createSession({ practiceId, patientId }: PreviewOptions) {
    const { elementSessions } = portalClient(scope.tenant, scope.environment);
    // Without the placement: each renewal would restore its saved theme.
    return (await elementSessions.create.mutate({ practiceId, patientId })).secret;
  }

  return (
    <div className="flex min-w-0 flex-col gap-5 lg:sticky lg:top-24">
      <Card aria-labelledby="preview">
        <CardHeader
          id="preview"
          title="Preview"
          description={
            <>
              Uses your own session in{" "}
              <strong className="text-ink">{environmentNames[scope.environment]}</strong>. The
              preview ignores the allowed origins, and works while the placement is off.
            </>
          }
        />
        <AttributesForm
          environment={scope.environment}
          practices={placement.practices.filter(({ isConnected }) => isConnected)}
          adminId={placement.attributes.adminId ?? ""}
          isPreviewOpen={preview !== null}
          onShow={show}
        />
        {preview ? (
          <div className="mt-5 flex flex-col gap-3">
            <FrameErrorNotice error={frameEvents.error} onRetry={() => show(preview.options)} />
            <div className="overflow-hidden rounded-md border border-line-strong">
              <ElementFrame
                key={preview.reloadKey}
                elementsOrigin={elementsOrigin}
                environment={scope.environment}
                title={name}
                createSession={() => createSession(preview.options)}
                theme={theme}
                attributes={preview.options.adminId ? { "admin-id": preview.options.adminId } : {}}
                onMessage={frameEvents.handleMessage}
                onFailure={frameEvents.handleFailure}
              />
            </div>
            {frameEvents.tokenExpiresAt || !frameEvents.error ? (
              <TokenCountdown expiresAt={frameEvents.tokenExpiresAt} />
            ) : null}
          </div>
        ) : null}
      </Card>
      <EventConsole events={frameEvents.events} onClear={frameEvents.clear} />
    </div>
  );
}
