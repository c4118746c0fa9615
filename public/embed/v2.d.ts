/**
 * Types for `/embed/v2.js`. Save this file in your project, for example as `types/hero-portal.d.ts`.
 */

/** Why an element is missing, or will stop working. */
export type HeroErrorCode =
  | "script-blocked"
  | "connect-blocked"
  | "token-refused"
  | "origin-refused"
  | "placement-off"
  | "practice-refused"
  | "rate-limited"
  | "hero-unavailable"
  | "offline";

/** The element is on the page with a new token, which expires at `expiresAt` (ISO 8601, UTC), in `expiresIn` seconds. */
export type HeroReadyEvent = CustomEvent<{ expiresAt: string; expiresIn: number }> & {
  readonly type: "hero:ready";
};

/**
 * An event from Hero's element. Any script on the page can send the same event: use it to update what you
 * show, never as proof that a message was sent.
 */
export type HeroHintEvent = CustomEvent<{ name: string; hint: true; data: unknown }> & {
  readonly type: "hero:event";
};

/**
 * Sent once for each error code until the element is ready again. Where no element is shown, the loader says
 * so in its place; call `preventDefault()` to show your own message instead.
 */
export type HeroErrorEvent = CustomEvent<{ code: HeroErrorCode }> & {
  readonly type: "hero:error";
};

/**
 * The element must be reloaded to continue, and may hold unsaved text. The loader shows a prompt above the
 * element; call `preventDefault()` to show your own instead, and `renew()` when the person confirms.
 */
export type HeroWarningEvent = CustomEvent<{ renew: () => Promise<void> }> & {
  readonly type: "hero:warning";
};

export type HeroPortalEvent = HeroReadyEvent | HeroHintEvent | HeroErrorEvent | HeroWarningEvent;

export type HeroMountOptions = {
  /** The `secret` of an element session that your server created. Each page needs its own. */
  session: string;
  /** The placement's id. With it, the loader reports error codes to the portal, and nothing else. */
  placement?: string | null;
  /** Called with the same events that are dispatched on the host. */
  onEvent?: (event: HeroPortalEvent) => void;
  /** Called with each new element before it is on the page, to set what neither session nor placement fixes. */
  prepare?: (element: HTMLElement) => void;
};

export type HeroMount = {
  /** Removes the element from the page and stops renewing its token. */
  unmount: () => void;
  /** Reloads the element with a new token. Unsaved text is lost. */
  renew: () => Promise<void>;
};

export type HeroPortal = {
  /** Adds the session's element to `host`, and renews its token until it is unmounted. */
  mount: (host: HTMLElement, options: HeroMountOptions) => HeroMount;
};

declare global {
  interface Window {
    HeroPortal?: HeroPortal;
  }

  interface HTMLElementEventMap {
    "hero:ready": HeroReadyEvent;
    "hero:event": HeroHintEvent;
    "hero:error": HeroErrorEvent;
    "hero:warning": HeroWarningEvent;
  }

  interface DocumentEventMap {
    "hero:ready": HeroReadyEvent;
    "hero:event": HeroHintEvent;
    "hero:error": HeroErrorEvent;
    "hero:warning": HeroWarningEvent;
  }
}
