import type { ElementErrorCode } from "@/server/schemas/element-errors";

/** Errors that pass, or that the person's own network causes. The others need the page's owner. */
const transientTexts: Partial<Record<ElementErrorCode, string>> = {
  offline: "Check your connection. It will retry automatically.",
  "rate-limited": "It will retry automatically.",
  "hero-unavailable": "It will retry automatically.",
};

/** In place of an element that cannot be shown. Styled by script, which every policy allows. */
export function createErrorNotice(code: ElementErrorCode): HTMLElement {
  const notice = document.createElement("p");
  notice.setAttribute("role", "alert");
  notice.style.cssText =
    "margin:0;padding:12px 16px;border:1px solid #b3261e;border-radius:6px;background:#fff;" +
    "color:#33270a;font:16px/1.4 system-ui,sans-serif";
  const advice = transientTexts[code] ?? `Contact the owner of this page. Error: ${code}.`;
  notice.textContent = `This part of the page cannot be shown. ${advice}`;
  return notice;
}
