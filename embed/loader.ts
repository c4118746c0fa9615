import type { HeroMount } from "@/public/embed/v1";
import { mount } from "./mount";

/**
 * `/embed/v1.js`: Hero's elements in partners' pages, as `<hero-placement session="…">` or by
 * `HeroPortal.mount(…)`. What a page may rely on is in `public/embed/v1.d.ts`.
 */

type Placed = { session: string | null; mounted: HeroMount | undefined };

const placed = new WeakMap<Element, Placed>();

/** Brings what is mounted in line with what the page says now. */
function settle(host: HTMLElement): void {
  const session = host.isConnected ? host.getAttribute("session") : null;
  const before = placed.get(host);
  if (session === (before?.session ?? null)) return;
  before?.mounted?.unmount();
  const placement = host.getAttribute("placement");
  placed.set(host, { session, mounted: session ? mount(host, { session, placement }) : undefined });
}

class HeroPlacement extends HTMLElement {
  static get observedAttributes() {
    return ["session"];
  }
  connectedCallback() {
    settle(this);
  }
  attributeChangedCallback() {
    settle(this);
  }
  disconnectedCallback() {
    // What is only moved within the page comes back at once.
    queueMicrotask(() => settle(this));
  }
}

// A page may hold the script twice.
if (!window.HeroPortal) {
  window.HeroPortal = Object.freeze({ mount });
  if (!customElements.get("hero-placement")) customElements.define("hero-placement", HeroPlacement);
}
