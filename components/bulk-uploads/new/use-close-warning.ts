"use client";

import { useEffect } from "react";

/**
 * Asks before the page is closed, reloaded or left.
 *
 * @param leaveQuestion says what is lost
 */
export function useCloseWarning(isEnabled: boolean, leaveQuestion: string): void {
  useEffect(() => {
    if (!isEnabled) return;
    const warnBeforeUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    // Links within the portal do not unload the page. Only `confirm` can delay the click.
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
  }, [isEnabled, leaveQuestion]);
}
