"use client";

import { useState } from "react";
import { whoManagesPlacements, whoUsesElements } from "@/components/elements/words";
import type { SnippetFacts } from "@/components/elements/snippets/snippet";
import type { Place } from "@/components/shell/portal-path";
import { Notice } from "@/components/ui/notice";
import { elementCatalogue, isKnownElement } from "@/server/schemas/element-catalogue";
import type { PlacementView } from "@/server/schemas/placements";
import { Code } from "./code";
import { Preview } from "./preview";
import { ThemeEditor } from "./theme-editor";

type StudioProps = {
  place: Place;
  placement: PlacementView;
  /** All of it but the practice, which is chosen here. */
  facts: Omit<SnippetFacts, "practiceGroupId">;
  canManage: boolean;
  canUse: boolean;
};

/** Where a placement gets its look, is tried out, and gives the code for a partner's product. */
export function Studio({ place, placement, facts, canManage, canUse }: StudioProps) {
  const { practices, element } = placement;
  const connected = practices.filter(({ isConnected }) => isConnected);
  const [practiceId, setPracticeId] = useState(connected[0]?.id);
  const [theme, setTheme] = useState(placement.theme);
  const practice = connected.find(({ id }) => id === practiceId) ?? connected[0];

  return (
    <div className="flex flex-col gap-8">
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
        {!canUse ? (
          <Notice tone="info" title="Your role does not open elements">
            {whoUsesElements}
          </Notice>
        ) : connected.length === 0 ? (
          <Notice tone="warning" title="No practice to show it for">
            None of the placement's practices is connected, so Hero gives no token for it.
          </Notice>
        ) : (
          <Preview
            place={place}
            placement={placement}
            elementsOrigin={facts.elementsOrigin}
            theme={theme}
            onPractice={setPracticeId}
          />
        )}
        {canManage ? (
          <ThemeEditor
            place={place}
            placementId={placement.id}
            saved={placement.theme}
            groups={isKnownElement(element) ? elementCatalogue[element].themeGroups : []}
            onTry={setTheme}
          />
        ) : (
          <Notice tone="info" title="Your role does not change the theme">
            {whoManagesPlacements}
          </Notice>
        )}
      </div>
      <section aria-labelledby="code">
        <h2 id="code" className="mb-4 border-t border-line pt-8 text-xl font-semibold">
          Code
        </h2>
        <Code
          facts={{ ...facts, practiceGroupId: practice?.practiceGroupId ?? "PRACTICE_GROUP_ID" }}
        />
      </section>
    </div>
  );
}
