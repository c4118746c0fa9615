"use client";

import { useEffect } from "react";

const leaveQuestion =
  "The rows are only in this page, and they are lost when you leave it. Leave all the same?";

/** Asks before the page is closed or left while something is only in it. */
export function useCloseWarning(isEnabled: boolean): void {
  useEffect(() => {
    if (!isEnabled) return;
    const warnBeforeUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    // A link within the portal changes the page without closing it. The window's own question is the
    // only one that can hold up a click.
    const confirmNavigation = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
      const opensElsewhere =
        event.ctrlKey ||
        event.metaKey ||
        event.shiftKey ||
        link?.getAttribute("target") === "_blank";
      if (!link || opensElsewhere || link.getAttribute("href")?.startsWith("#")) return;
      if (window.confirm(leaveQuestion)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("beforeunload", warnBeforeUnload);
    document.addEventListener("click", confirmNavigation, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", warnBeforeUnload);
      document.removeEventListener("click", confirmNavigation, { capture: true });
    };
  }, [isEnabled]);
}
