import type { HeroMount, HeroPortalEvent } from "@/public/embed/v1";
import { isOnList } from "./allowed-parents";

/**
 * `/embed/frame-v1.js`: the page on the second origin that runs Hero's script for a page which must not or
 * would rather not. It hears the page that it stands in, if its origin is on the list in `data-parents`,
 * and tells nobody else anything.
 */

type Heard = {
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
/** Known once the parent spoke first. */
let parentOrigin = "";

const tell = (type: string, detail: unknown) =>
  window.parent.postMessage({ type, detail }, parentOrigin);

function makeHost(): HTMLElement {
  const made = document.createElement("div");
  // Margins of what is inside count as height.
  made.style.display = "flow-root";
  document.body.style.margin = "0";
  document.body.append(made);
  const observer = new ResizeObserver(() =>
    tell("hero:height", { height: Math.ceil(made.getBoundingClientRect().height) }),
  );
  observer.observe(made);
  return made;
}

/** Passes an event on as what can be passed on: a function cannot, nor can all that an element might tell. */
function pass({ type, detail }: HeroPortalEvent): void {
  if (type === "hero:warning") return tell(type, {});
  try {
    tell(type, detail);
  } catch {
    tell(type, { ...detail, data: null });
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function setTheme(given: unknown): void {
  theme = isRecord(given) ? given : undefined;
  if (element && theme) Object.assign(element, { theme });
}

function mountHere({ session, placement, theme: wanted, attributes }: Heard): void {
  if (typeof session !== "string") return;
  if (!window.HeroPortal) return tell("hero:error", { code: "script-blocked" });
  mounted?.unmount();
  element = undefined;
  setTheme(wanted);
  const own = document.body.dataset.placement;
  // Only the portal's own frame tries out attributes; in others the session says them all.
  const tried = own || !isRecord(attributes) ? {} : attributes;
  mounted = window.HeroPortal.mount((host ??= makeHost()), {
    session,
    placement: own || (typeof placement === "string" ? placement : null),
    onEvent: pass,
    prepare(fresh) {
      element = fresh;
      if (theme) Object.assign(fresh, { theme });
      for (const [name, value] of Object.entries(tried)) {
        if (typeof value === "string") fresh.setAttribute(name, value);
      }
    },
  });
}

function listen(event: MessageEvent<Heard | null>): void {
  const { source, origin, data } = event;
  if (source !== window.parent || window.parent === window || !isRecord(data)) return;
  if (!isOnList(origin, JSON.parse(document.body.dataset.parents ?? "[]"))) return;
  parentOrigin = origin;
  if (data.type === "hero:mount") mountHere(data);
  if (data.type === "hero:theme") setTheme(data.theme);
  if (data.type === "hero:unmount") {
    mounted?.unmount();
    mounted = element = undefined;
  }
}

window.addEventListener("message", listen);
