"use client";

import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useState, useSyncExternalStore } from "react";

const loadPalette = () => import("./palette").then((module) => module.Palette);
// Loaded on demand: most visits never open it.
const Palette = dynamic(loadPalette, { ssr: false });

const noSubscription = () => () => {};
const isApplePlatform = () => /mac|iphone|ipad/i.test(navigator.platform);

/** The button of the command palette, and its shortcut: Cmd-K or Ctrl-K. */
export function PaletteButton() {
  const [open, setOpen] = useState(false);
  const [hasOpened, setHasOpened] = useState(false);
  const isApple = useSyncExternalStore(noSubscription, isApplePlatform, () => false);
  if (open && !hasOpened) setHasOpened(true);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || event.altKey || event.shiftKey) return;
      if (!event.metaKey && !event.ctrlKey) return;
      event.preventDefault();
      setOpen((isOpen) => !isOpen);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);

  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K Meta+K"
        onPointerEnter={() => void loadPalette()}
        onClick={() => setOpen(true)}
        className="inline-flex size-9 shrink-0 items-center justify-center gap-2 rounded-md text-muted pointer-coarse:size-11 hover:bg-hover hover:text-ink lg:h-8 lg:w-auto lg:min-w-44 lg:justify-start lg:border lg:border-line lg:bg-canvas lg:px-2.5 lg:pointer-coarse:h-11 lg:pointer-coarse:w-auto"
      >
        <Search aria-hidden="true" className="size-4 shrink-0" strokeWidth={1.75} />
        <span className="flex-1 text-left max-lg:sr-only">Search</span>
        <kbd className="hidden rounded-sm border border-line bg-surface px-1.5 font-sans text-xs leading-5 text-subtle lg:inline">
          {isApple ? "⌘K" : "Ctrl K"}
        </kbd>
      </button>
      {hasOpened ? <Palette open={open} onOpenChange={setOpen} /> : null}
    </>
  );
}
