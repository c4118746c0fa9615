"use client";

import { useState } from "react";
import type { SnippetConfig } from "@/components/elements/snippets/snippet";
import type { PortalScope } from "@/components/shell/portal-path";
import { Notice } from "@/components/ui/notice";
import { elementCatalogue, isKnownElement } from "@/server/schemas/element-catalogue";
import type { PlacementView } from "@/server/schemas/placements";
import { CodeSnippets } from "./code-snippets";
import { Preview } from "./preview";
import { ThemeEditor } from "./theme-editor";
import { whoCan } from "@/server/schemas/permissions";

type PlacementDesignerProps = {
  scope: PortalScope;
  placement: PlacementView;
  config: Omit<SnippetConfig, "practiceGroupId">;
  canManage: boolean;
  canUse: boolean;
};

/** Preview, theme and embed code of a placement. */
export function PlacementDesigner({
  scope,
  placement,
  config,
  canManage,
  canUse,
}: PlacementDesignerProps) {
  const { practices, element } = placement;
  const connectedPractices = practices.filter(({ isConnected }) => isConnected);
  const [practiceId, setPracticeId] = useState(connectedPractices[0]?.id);
  const [theme, setTheme] = useState(placement.theme);
  const practice = connectedPractices.find(({ id }) => id === practiceId) ?? connectedPractices[0];

  return (
    <div className="flex flex-col gap-8">
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
            elementsOrigin={config.elementsOrigin}
            theme={theme}
            onPracticeChange={setPracticeId}
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
      <section aria-labelledby="code">
        <h2 id="code" className="mb-4 border-t border-line pt-8 text-xl font-semibold">
          Code
        </h2>
        <CodeSnippets
          config={{ ...config, practiceGroupId: practice?.practiceGroupId ?? "PRACTICE_GROUP_ID" }}
        />
      </section>
    </div>
  );
}
