import type { HeroMount, HeroPortalEvent } from "@/public/embed/v2";
import { isAllowedOrigin } from "./allowed-parents";

/**
 * `/embed/frame-v2.js`: the page on the elements origin that runs Hero's script inside a partner's iframe.
 * It accepts messages from its parent only, if the parent's origin is listed in `data-parents`, and posts
 * to no other window.
 */

type ParentMessage = {
  type?: unknown;
  session?: unknown;
  placement?: unknown;
  theme?: unknown;
  attributes?: unknown;
};

let mounted: HeroMount | undefined;
let host: HTMLElement | undefined;
let element: HTMLElement | undefined;
let theme: unknown;
/** Known from the parent's first message. */
let parentOrigin = "";

const postToParent = (type: string, detail: unknown) =>
  window.parent.postMessage({ type, detail }, parentOrigin);

function createHost(): HTMLElement {
  const hostElement = document.createElement("div");
  // So that margins of the content count as height.
  hostElement.style.display = "flow-root";
  document.body.style.margin = "0";
  document.body.append(hostElement);
  const observer = new ResizeObserver(() =>
    postToParent("hero:height", {
      height: Math.ceil(hostElement.getBoundingClientRect().height),
    }),
  );
  observer.observe(hostElement);
  return hostElement;
}

/** Functions, and some of what Hero's element may report, cannot be posted to another window. */
function forward(event: HeroPortalEvent): void {
  const { type, detail } = event;
  // The portal's own pages show the error beside the frame.
  if (type === "hero:error" && !document.body.dataset.placement) event.preventDefault();
  if (type === "hero:warning") return postToParent(type, {});
  try {
    postToParent(type, detail);
  } catch {
    postToParent(type, { ...detail, data: null });
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function setTheme(input: unknown): void {
  theme = isRecord(input) ? input : undefined;
  if (element && theme) Object.assign(element, { theme });
}

function mountElement({
  session,
  placement,
  theme: requestedTheme,
  attributes,
}: ParentMessage): void {
  if (typeof session !== "string") return;
  if (!window.HeroPortal) return postToParent("hero:error", { code: "script-blocked" });
  mounted?.unmount();
  element = undefined;
  setTheme(requestedTheme);
  const fixedPlacement = document.body.dataset.placement;
  // Only the portal's own preview may set attributes; elsewhere the session decides all of them.
  const previewAttributes = fixedPlacement || !isRecord(attributes) ? {} : attributes;
  mounted = window.HeroPortal.mount((host ??= createHost()), {
    session,
    placement: fixedPlacement || (typeof placement === "string" ? placement : null),
    onEvent: forward,
    prepare(newElement) {
      element = newElement;
      if (theme) Object.assign(newElement, { theme });
      for (const [name, value] of Object.entries(previewAttributes)) {
        if (typeof value === "string") newElement.setAttribute(name, value);
      }
    },
  });
}

function handleMessage(event: MessageEvent<ParentMessage | null>): void {
  const { source, origin, data } = event;
  if (source !== window.parent || window.parent === window || !isRecord(data)) return;
  if (!isAllowedOrigin(origin, JSON.parse(document.body.dataset.parents ?? "[]"))) return;
  parentOrigin = origin;
  if (data.type === "hero:mount") mountElement(data);
  if (data.type === "hero:theme") setTheme(data.theme);
  if (data.type === "hero:unmount") {
    mounted?.unmount();
    mounted = element = undefined;
  }
}

window.addEventListener("message", handleMessage);
