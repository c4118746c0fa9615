/**
 * What is known about the text in an element:
 * - `clean`: nothing unsaved.
 * - `unsaved`: someone has started to write.
 * - `prompted`: unsaved as well, and the person was asked to reload.
 * - `sent`: the person was asked, and has sent the text since.
 */
type DraftState = "clean" | "unsaved" | "prompted" | "sent";

const afterInput: Record<DraftState, DraftState> = {
  clean: "unsaved",
  unsaved: "unsaved",
  prompted: "prompted",
  sent: "prompted",
};
const afterSending: Record<DraftState, DraftState> = {
  clean: "clean",
  unsaved: "clean",
  prompted: "sent",
  sent: "sent",
};

/** Hero's events do not name an element: of several on a page, the one last used has sent its text. */
let lastUsedHost: HTMLElement;

/** Tracks whether the element in `host` holds unsaved text. */
export function trackDraft(
  host: HTMLElement,
  isInElement: (target: EventTarget | null) => boolean,
  signal: AbortSignal,
) {
  let state: DraftState = "clean";

  const onInput = (event: Event) => {
    // Tab only moves the focus.
    if (!isInElement(event.target) || (event as KeyboardEvent).key === "Tab") return;
    state = afterInput[state];
    lastUsedHost = host;
  };
  for (const type of ["input", "change", "keydown", "pointerdown"]) {
    host.addEventListener(type, onInput, { capture: true, signal });
  }

  return {
    isUnsaved: () => state === "unsaved" || state === "prompted",
    /** Returns whether the person has yet to be asked. */
    startPrompt(): boolean {
      if (state !== "unsaved") return false;
      state = "prompted";
      return true;
    },
    /** Returns whether it was this element's text that was sent. */
    markSent(): boolean {
      if (lastUsedHost !== host) return false;
      state = afterSending[state];
      return true;
    },
    reset() {
      state = "clean";
    },
  };
}
