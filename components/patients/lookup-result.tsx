"use client";

import { type ReactNode, useEffect, useRef } from "react";

type LookupResultProps = {
  icon: ReactNode;
  /** Colours of the icon's tile. */
  iconClasses: string;
  title: string;
  children: ReactNode;
  actions: ReactNode;
};

/** A result of a patient look-up. Its heading takes focus when it appears. */
export function LookupResult({ icon, iconClasses, title, children, actions }: LookupResultProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="flex flex-col gap-5">
      <div className="flex items-center gap-3">
        <span
          aria-hidden="true"
          className={`inline-flex size-10 shrink-0 items-center justify-center rounded-full border [&>svg]:size-5 ${iconClasses}`}
        >
          {icon}
        </span>
        <h3 ref={heading} tabIndex={-1} className="text-xl font-semibold outline-offset-4">
          {title}
        </h3>
      </div>
      {children}
      <div className="flex flex-wrap gap-2">{actions}</div>
    </div>
  );
}
