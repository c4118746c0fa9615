"use client";

import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";

type Tab = { kind: string; name: string; panel: ReactNode };

/** Panels of which one is shown. Arrow keys, Home and End go from tab to tab. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const [selectedIndex, setSelectedIndex] = useState(0);
  const id = useId();
  const tabList = useRef<HTMLDivElement>(null);

  function handleKeyDown(event: KeyboardEvent) {
    const targets: Record<string, number | undefined> = {
      ArrowRight: selectedIndex + 1,
      ArrowLeft: selectedIndex - 1,
      Home: 0,
      End: tabs.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const nextIndex = (target + tabs.length) % tabs.length;
    setSelectedIndex(nextIndex);
    tabList.current?.querySelectorAll<HTMLElement>('[role="tab"]')[nextIndex]?.focus();
  }

  return (
    <div>
      <div
        ref={tabList}
        role="tablist"
        aria-label={label}
        className="flex flex-wrap gap-1 border-b border-line"
      >
        {tabs.map(({ kind, name }, index) => (
          <button
            key={kind}
            type="button"
            role="tab"
            id={`${id}-${kind}`}
            aria-selected={index === selectedIndex}
            aria-controls={`${id}-${kind}-panel`}
            tabIndex={index === selectedIndex ? 0 : -1}
            onClick={() => setSelectedIndex(index)}
            onKeyDown={handleKeyDown}
            className="-mb-px min-h-9 border-b-2 border-transparent px-3 font-medium text-muted hover:text-ink aria-selected:border-accent aria-selected:text-ink pointer-coarse:min-h-11"
          >
            {name}
          </button>
        ))}
      </div>
      {tabs.map(({ kind, panel }, index) => (
        <div
          key={kind}
          role="tabpanel"
          id={`${id}-${kind}-panel`}
          aria-labelledby={`${id}-${kind}`}
          hidden={index !== selectedIndex}
          className="pt-4"
        >
          {index === selectedIndex ? panel : null}
        </div>
      ))}
    </div>
  );
}
