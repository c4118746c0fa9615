/**
 * Types of `/embed/v1.js`. Save this file in your project, for instance as `types/hero-portal.d.ts`.
 */

/** Why an element is not there, or will not stay. */
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

/** The element is on the page with a new token, which ends at `expiresAt` (ISO 8601, UTC), in `expiresIn` seconds. */
export type HeroReadyEvent = CustomEvent<{ expiresAt: string; expiresIn: number }> & {
  readonly type: "hero:ready";
};

/**
 * Something that Hero's element told. Any script on the page can tell the same: use it for what is shown,
 * never as proof that something was sent.
 */
export type HeroHintEvent = CustomEvent<{ name: string; hint: true; data: unknown }> & {
  readonly type: "hero:event";
};

/** Told once for each kind of trouble until the element is ready again. */
export type HeroErrorEvent = CustomEvent<{ code: HeroErrorCode }> & {
  readonly type: "hero:error";
};

/**
 * The element must be reloaded to go on, and something may be half written in it. A bar beside the element
 * says so; `preventDefault()` keeps the bar away, and then your page calls `renew()` when the person agrees.
 */
export type HeroWarningEvent = CustomEvent<{ renew: () => Promise<void> }> & {
  readonly type: "hero:warning";
};

export type HeroPortalEvent = HeroReadyEvent | HeroHintEvent | HeroErrorEvent | HeroWarningEvent;

export type HeroMountOptions = {
  /** The `secret` of an element session, made by your server. Good for one page. */
  session: string;
  /** The placement's id: with it the portal counts troubles, by their codes and nothing else. */
  placement?: string | null;
  /** Called with the same events that are dispatched on the host. */
  onEvent?: (event: HeroPortalEvent) => void;
  /** Called with each new element before it is on the page, to add what neither session nor placement fixes. */
  prepare?: (element: HTMLElement) => void;
};

export type HeroMount = {
  /** Takes the element and all that belongs to it off the page. */
  unmount: () => void;
  /** Reloads the element with a new token; what is half written in it is lost. */
  renew: () => Promise<void>;
};

export type HeroPortal = {
  /** Puts the element of the session into `host`, and keeps it supplied with tokens until it is unmounted. */
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
