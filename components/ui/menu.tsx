"use client";

import Link from "next/link";
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type ToggleEvent,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";

type MenuProps = {
  /** The trigger's accessible name, where its content is not enough. */
  label?: string;
  /** What the trigger button shows. */
  trigger: ReactNode;
  triggerClassName?: string;
  /** The panel's accessible name; the trigger's by default. */
  panelLabel?: string;
  className?: string;
  children: ReactNode;
};

const triggerGapPx = 4;
const viewportMarginPx = 8;

/** Places the panel below the trigger, or above it near the bottom, on the side with more room. */
function positionPanel(panel: HTMLElement, trigger: HTMLElement) {
  const triggerRect = trigger.getBoundingClientRect();
  const { clientWidth: width, clientHeight: height } = document.documentElement;
  const isBelow = triggerRect.bottom < height * 0.7;
  const isRightAligned = triggerRect.left + triggerRect.width / 2 > width / 2;
  Object.assign(panel.style, {
    top: isBelow ? `${triggerRect.bottom + triggerGapPx}px` : "auto",
    bottom: isBelow ? "auto" : `${height - triggerRect.top + triggerGapPx}px`,
    left: isRightAligned ? "auto" : `${Math.max(viewportMarginPx, triggerRect.left)}px`,
    right: isRightAligned ? `${Math.max(viewportMarginPx, width - triggerRect.right)}px` : "auto",
    minWidth: `${Math.min(triggerRect.width, width - 2 * viewportMarginPx)}px`,
    maxWidth: `${width - 2 * viewportMarginPx}px`,
    maxHeight: `${(isBelow ? height - triggerRect.bottom : triggerRect.top) - triggerGapPx - viewportMarginPx}px`,
  });
}

/** Moves between items with the arrow keys, Home and End. */
function moveFocus(event: KeyboardEvent<HTMLElement>) {
  // A select uses the same keys for its options.
  if (event.target instanceof HTMLSelectElement) return;
  const isTyping = event.target instanceof HTMLInputElement;
  if (isTyping && (event.key === "Home" || event.key === "End")) return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("a[href], button")];
  const currentIndex = items.indexOf(document.activeElement as HTMLElement);
  const nextIndex = {
    ArrowDown: currentIndex + 1 < items.length ? currentIndex + 1 : 0,
    ArrowUp: currentIndex > 0 ? currentIndex - 1 : items.length - 1,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (nextIndex === undefined) return;
  event.preventDefault();
  items[nextIndex]?.focus();
}

/**
 * A button that opens a panel of links and actions. It uses the browser's popover (top layer, Esc, click
 * outside, focus return), which adds no library to the first load: docs/decisions/014-menu-toasts-and-tabs.md.
 */
export function Menu({
  label,
  trigger,
  triggerClassName,
  panelLabel = label,
  className,
  children,
}: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  // The items are rendered on first use: a page has many menus, few of which open.
  const [hasOpened, setHasOpened] = useState(false);

  useEffect(() => {
    // Opened before this script ran.
    if (panel.current?.matches(":popover-open")) setHasOpened(true);
  }, []);

  // The panel is in the top layer, so it does not scroll with its trigger.
  useEffect(() => {
    const reposition = (event: Event) => {
      const panelElement = panel.current;
      if (!panelElement?.matches(":popover-open") || !button.current) return;
      if (event.target instanceof Node && panelElement.contains(event.target)) return;
      positionPanel(panelElement, button.current);
    };
    window.addEventListener("scroll", reposition, { capture: true, passive: true });
    window.addEventListener("resize", reposition);
    return () => {
      window.removeEventListener("scroll", reposition, { capture: true });
      window.removeEventListener("resize", reposition);
    };
  }, []);

  function onBeforeToggle(event: ToggleEvent<HTMLDivElement>) {
    if (event.newState !== "open" || !button.current) return;
    flushSync(() => setHasOpened(true));
    positionPanel(event.currentTarget, button.current);
  }

  function onToggle(event: ToggleEvent<HTMLDivElement>) {
    if (event.newState !== "open") return;
    const panelElement = event.currentTarget;
    const firstControl = panelElement.querySelector<HTMLElement>("input, select, a[href], button");
    firstControl?.focus({ preventScroll: true });
  }

  function onClick(event: MouseEvent<HTMLDivElement>) {
    const item = event.target instanceof Element && event.target.closest("a, button");
    if (item && !item.hasAttribute("data-keep-open")) event.currentTarget.hidePopover();
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-label={label}
        className={triggerClassName}
      >
        {trigger}
      </button>
      {/* Keys and clicks bubble up from the links and buttons inside. */}
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="group"
        aria-label={panelLabel}
        onBeforeToggle={onBeforeToggle}
        onToggle={onToggle}
        onKeyDown={moveFocus}
        onClick={onClick}
        className={[
          "fixed inset-auto m-0 overflow-y-auto overscroll-contain rounded-lg border border-line bg-raised p-1 text-left text-ink shadow-md",
          className ?? "w-60",
        ].join(" ")}
      >
        {hasOpened ? children : null}
      </div>
    </>
  );
}

/** The classes of an item, for those that are neither a link nor a plain button (a form's submit). */
export const menuItemClasses =
  "flex min-h-8 w-full items-center gap-2.5 rounded-md px-2 py-1.5 text-left text-base pointer-coarse:min-h-11 hover:bg-hover focus-visible:-outline-offset-2";

type MenuItemProps = {
  children: ReactNode;
  icon?: ReactNode;
  /** A second, quieter line. */
  detail?: ReactNode;
  /** Marks the selected item: `page` for links to pages, `true` for settings. */
  current?: "page" | "true" | undefined;
  tone?: "normal" | "danger";
  /** Keeps the panel open after a click, for settings with a visible effect. */
  keepOpen?: boolean;
} & ({ href: string; onSelect?: never } | { onSelect: () => void; href?: never });

/** A menu item: a link when it has an `href`, otherwise a button. */
export function MenuItem({
  children,
  icon,
  detail,
  current,
  tone = "normal",
  keepOpen,
  href,
  onSelect,
}: MenuItemProps) {
  const sharedProps = {
    className: `${menuItemClasses} ${tone === "danger" ? "text-danger" : "text-ink"}`,
    "aria-current": current,
    "data-keep-open": keepOpen ? "" : undefined,
  };
  const content = (
    <>
      {icon ? (
        <span aria-hidden="true" className="inline-flex shrink-0 text-muted [&>svg]:size-4">
          {icon}
        </span>
      ) : null}
      <span className="min-w-0 flex-1">
        <span className="block truncate">{children}</span>
        {detail ? <span className="block truncate text-xs text-muted">{detail}</span> : null}
      </span>
      {current ? <SelectedIcon /> : null}
    </>
  );
  return href === undefined ? (
    <button {...sharedProps} type="button" onClick={onSelect}>
      {content}
    </button>
  ) : (
    <Link {...sharedProps} href={href} prefetch={false}>
      {content}
    </Link>
  );
}

function SelectedIcon() {
  return (
    <svg aria-hidden="true" viewBox="0 0 16 16" fill="none" className="size-4 shrink-0 text-accent">
      <path
        d="m3.5 8.5 3 3 6-7"
        stroke="currentColor"
        strokeWidth="1.75"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** A group heading. */
export function MenuLabel({ children }: { children: ReactNode }) {
  return <p className="px-2 pt-2 pb-1 text-xs font-medium text-subtle">{children}</p>;
}

/** A line between groups of items. */
export function MenuSeparator() {
  return <hr className="-mx-1 my-1 border-line" />;
}
