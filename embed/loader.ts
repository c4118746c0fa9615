import type { HeroMount } from "@/public/embed/v2";
import { mount } from "./mount";

/**
 * `/embed/v2.js`: Hero's elements in partners' pages, as `<hero-placement session="…">` or through
 * `HeroPortal.mount(…)`. `public/embed/v2.d.ts` is its contract.
 */

type MountedPlacement = { session: string | null; mounted: HeroMount | undefined };

const placements = new WeakMap<Element, MountedPlacement>();

/** Mounts or unmounts what the page's attributes now require. */
function syncPlacement(host: HTMLElement): void {
  const session = host.isConnected ? host.getAttribute("session") : null;
  const previous = placements.get(host);
  if (session === (previous?.session ?? null)) return;
  previous?.mounted?.unmount();
  const placement = host.getAttribute("placement");
  placements.set(host, {
    session,
    mounted: session ? mount(host, { session, placement }) : undefined,
  });
}

class HeroPlacement extends HTMLElement {
  static get observedAttributes() {
    return ["session"];
  }
  connectedCallback() {
    syncPlacement(this);
  }
  attributeChangedCallback() {
    syncPlacement(this);
  }
  disconnectedCallback() {
    // An element moved within the page is connected again at once.
    queueMicrotask(() => syncPlacement(this));
  }
}

// A page may load the script twice.
if (!window.HeroPortal) {
  window.HeroPortal = Object.freeze({ mount });
  if (!customElements.get("hero-placement")) customElements.define("hero-placement", HeroPlacement);
}
