"use client";

import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";

type Tab = { kind: string; name: string; panel: ReactNode };

/** Panels of which one is shown. Arrow keys, Home and End go from tab to tab. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const [chosen, setChosen] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);

  function go(event: KeyboardEvent) {
    const steps: Record<string, number | undefined> = {
      ArrowRight: chosen + 1,
      ArrowLeft: chosen - 1,
      Home: 0,
      End: tabs.length - 1,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (step + tabs.length) % tabs.length;
    setChosen(next);
    list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus();
  }

  return (
    <div>
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        className="flex flex-wrap gap-1 border-b border-line"
      >
        {tabs.map(({ kind, name }, at) => (
          <button
            key={kind}
            type="button"
            role="tab"
            id={`${id}-${kind}`}
            aria-selected={at === chosen}
            aria-controls={`${id}-${kind}-panel`}
            tabIndex={at === chosen ? 0 : -1}
            onClick={() => setChosen(at)}
            onKeyDown={go}
            className="-mb-px min-h-9 border-b-2 border-transparent px-3 font-medium text-muted hover:text-ink aria-selected:border-accent aria-selected:text-ink pointer-coarse:min-h-11"
          >
            {name}
          </button>
        ))}
      </div>
      {tabs.map(({ kind, panel }, at) => (
        <div
          key={kind}
          role="tabpanel"
          id={`${id}-${kind}-panel`}
          aria-labelledby={`${id}-${kind}`}
          hidden={at !== chosen}
          className="pt-4"
        >
          {at === chosen ? panel : null}
        </div>
      ))}
    </div>
  );
}
