"use client";

import { Menu as MenuIcon, X } from "lucide-react";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Logo } from "@/components/ui/logo";
import { NavLinks } from "./nav-links";

const iconButtonClasses =
  "inline-flex size-9 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11";

/** The navigation on narrow screens: a sheet over the page. */
export function NavSheet() {
  const sheet = useRef<HTMLDialogElement>(null);
  // Rendered on first use: wide screens never open it.
  const [hasOpened, setHasOpened] = useState(false);
  const close = () => sheet.current?.close();

  function open() {
    flushSync(() => setHasOpened(true));
    sheet.current?.showModal();
  }

  return (
    <>
      <button
        type="button"
        aria-label="Menu"
        aria-haspopup="dialog"
        onClick={open}
        className={`${iconButtonClasses} -ml-2 lg:hidden`}
      >
        <MenuIcon aria-hidden="true" className="size-5" />
      </button>
      <dialog
        ref={sheet}
        aria-label="Menu"
        onClick={(event) => {
          // A click on the backdrop targets the dialog element itself.
          if (event.target === event.currentTarget) close();
        }}
        className="m-0 h-dvh max-h-none w-72 max-w-[85vw] border-r border-line bg-surface p-0 text-ink shadow-lg backdrop:bg-scrim lg:hidden"
      >
        {hasOpened ? (
          <div className="flex min-h-full flex-col gap-4 p-4">
            <div className="flex items-center justify-between">
              <Logo />
              <button
                type="button"
                aria-label="Close menu"
                onClick={close}
                className={iconButtonClasses}
              >
                <X aria-hidden="true" className="size-5" />
              </button>
            </div>
            <nav aria-label="Main">
              <NavLinks onNavigate={close} />
            </nav>
          </div>
        ) : null}
      </dialog>
    </>
  );
}
