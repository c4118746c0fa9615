"use client";

import { useEffect } from "react";

const question =
  "The rows are only in this page, and they are lost when you leave it. Leave all the same?";

/** Asks before the page is closed or left while something is only in it. */
export function useCloseWarning(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    // A link within the portal changes the page without closing it. The window's own question is the
    // only one that can hold up a click.
    const ask = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
      const staysHere =
        event.ctrlKey ||
        event.metaKey ||
        event.shiftKey ||
        link?.getAttribute("target") === "_blank";
      if (!link || staysHere || link.getAttribute("href")?.startsWith("#")) return;
      if (window.confirm(question)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("beforeunload", warn);
    document.addEventListener("click", ask, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", warn);
      document.removeEventListener("click", ask, { capture: true });
    };
  }, [isNeeded]);
}
