import { type NextRequest, NextResponse } from "next/server";
import { env } from "@/server/env";

/**
 * Sets every page's content security policy, with its own nonce, and keeps pages out of caches.
 * `scripts/serve.ts` sets the common headers. Access is checked where data is read, not here.
 */
export function proxy(request: NextRequest) {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const policy = contentSecurityPolicy(nonce);

  // Next reads the nonce from the request's policy and adds it to its scripts.
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  // The page to return to after signing in. Overwrites whatever the client sent.
  const searchParams = new URLSearchParams(request.nextUrl.search);
  searchParams.delete("_rsc");
  const query = searchParams.size > 0 ? `?${searchParams}` : "";
  headers.set("x-portal-path", request.nextUrl.pathname + query);
  headers.set("content-security-policy", policy);

  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("cache-control", "no-store");
  return response;
}

function contentSecurityPolicy(nonce: string): string {
  // React and the development server need eval and their own styles; production has neither.
  const isDevelopment = process.env.NODE_ENV === "development";
  const directives = [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    // Hero's scripts run in these frames, without the portal's cookies.
    `frame-src ${env().ELEMENTS_ORIGIN}`,
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ];
  if (env().PUBLIC_URL.startsWith("https:")) directives.push("upgrade-insecure-requests");
  return directives.join("; ");
}

export const config = {
  // All pages: not the API, embedded scripts and frames, build files or the icon.
  matcher: ["/((?!api/|embed/|_next/static/|icon\\.svg).*)"],
};
