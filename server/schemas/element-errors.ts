/** The only codes that a loader may report. */
export const elementErrorMessages = {
  "script-blocked": "Hero's script did not load, or did not define the element.",
  "connect-blocked": "The page's content security policy blocks calls to the portal.",
  "token-refused": "The session is not valid: unknown, already used, expired or ended.",
  "origin-refused": "The page's origin is not one of the placement's allowed origins.",
  "placement-off": "The placement is off.",
  "practice-refused": "The practice is not connected, or not one of the placement's practices.",
  "rate-limited": "Too many token requests within a minute.",
  "hero-unavailable": "Hero did not issue a token.",
  offline: "The portal could not be reached.",
} as const;
export type ElementErrorCode = keyof typeof elementErrorMessages;
