import "server-only";
import { env } from "../env";

const isSecure = () => env().PUBLIC_URL.startsWith("https:");

/** `__Host-` binds the cookie to this host and to https; plain http (localhost) cannot carry it. */
export const sessionCookieName = () => (isSecure() ? "__Host-portal-session" : "portal-session");

/** See `server/services/accounts/known-browser.ts`. */
export const knownBrowserCookieName = () =>
  isSecure() ? "__Host-portal-known-browser" : "portal-known-browser";

export const knownBrowserMaxAgeSeconds = 365 * 24 * 3600;

/** See `server/services/accounts/sign-up-proof.ts`. */
export const signUpProofCookieName = () =>
  isSecure() ? "__Host-portal-sign-up" : "portal-sign-up";

export const signUpProofMaxAgeSeconds = 24 * 3600;

export const sessionCookieOptions = () =>
  ({ httpOnly: true, sameSite: "lax", path: "/", secure: isSecure() }) as const;

/** The session token of a request's `cookie` header; undefined without one. */
export function readSessionToken(cookieHeader: string | null): string | undefined {
  const prefix = `${sessionCookieName()}=`;
  return cookieHeader
    ?.split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix))
    ?.slice(prefix.length);
}
