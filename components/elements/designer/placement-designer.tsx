"use client";

import { useState } from "react";
import type { PortalScope } from "@/components/shell/portal-path";
import { Notice } from "@/components/ui/notice";
import { elementCatalogue, isKnownElement } from "@/server/schemas/element-catalogue";
import type { PlacementView } from "@/server/schemas/placements";
import { Preview } from "./preview";
import { ThemeEditor } from "./theme-editor";
import { whoCan } from "@/server/schemas/permissions";

type PlacementDesignerProps = {
  scope: PortalScope;
  placement: PlacementView;
  /** Where Hero's scripts run. */
  elementsOrigin: string;
  canManage: boolean;
  canUse: boolean;
};

/** Preview and theme of a placement. */
export function PlacementDesigner({
  scope,
  placement,
  elementsOrigin,
  canManage,
  canUse,
}: PlacementDesignerProps) {
  const { practices, element } = placement;
  const connectedPractices = practices.filter(({ isConnected }) => isConnected);
  const [theme, setTheme] = useState(placement.theme);

  return (
    <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
      {!canUse ? (
        <Notice tone="info" title="You do not have permission to use elements">
          {whoCan("element_sessions.create")}
        </Notice>
      ) : connectedPractices.length === 0 ? (
        <Notice tone="warning" title="No connected practices">
          None of the placement's practices is connected, so there is no preview.
        </Notice>
      ) : (
        <Preview
          scope={scope}
          placement={placement}
          elementsOrigin={elementsOrigin}
          theme={theme}
        />
      )}
      {canManage ? (
        <ThemeEditor
          scope={scope}
          placementId={placement.id}
          savedTheme={placement.theme}
          groups={isKnownElement(element) ? elementCatalogue[element].themeGroups : []}
          onPreview={setTheme}
        />
      ) : (
        <Notice tone="info" title="You do not have permission to change the theme">
          {whoCan("elements.manage")}
        </Notice>
      )}
    </div>
  );
}
