import { rowId } from "./text";
import { z } from "./zod";

/** What the loader may tell of a page that it runs in: one of these words and nothing else. */
export const elementErrorMessages = {
  "script-blocked": "Hero's script did not load, or did not define the element.",
  "connect-blocked": "The page's content security policy keeps the loader from the portal.",
  "token-refused": "The session is unknown, spent, expired or ended.",
  "origin-refused": "The page's origin is not on the placement's list.",
  "placement-off": "The placement is switched off.",
  "practice-refused": "The practice is not connected, or not on the placement's list.",
  "rate-limited": "Too many exchanges within a minute.",
  "hero-unavailable": "Hero gave no token.",
  offline: "The portal could not be reached.",
} as const;
export type ElementErrorCode = keyof typeof elementErrorMessages;

const codes = Object.keys(elementErrorMessages) as [ElementErrorCode, ...ElementErrorCode[]];

/** A report of the loader. No page address, no patient, nothing of the session. */
export const elementReport = z.strictObject({ placement: rowId, code: z.enum(codes) });
export type ElementReport = z.infer<typeof elementReport>;

/** How often each code was told on each of the last days, UK days, the oldest first; days without any are there. */
export const elementReportDays = z.array(
  z.object({ day: z.string(), counts: z.partialRecord(z.enum(codes), z.number()) }),
);
export type ElementReportDays = z.infer<typeof elementReportDays>;
