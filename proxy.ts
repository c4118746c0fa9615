import { type NextRequest, NextResponse } from "next/server";
import { env } from "@/server/env";

/**
 * Gives every page its content security policy, with a nonce of its own, and keeps pages out of
 * caches; the headers that are alike on every answer come from `scripts/serve.ts`. It decides nothing about who may see what: that is done where the data is read.
 */
export function proxy(request: NextRequest) {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const policy = contentSecurityPolicy(nonce);

  // Next reads the nonce from the request's policy and puts it on the scripts it writes.
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  // Where a person wanted to go, for the way back after signing in. Always ours, never the client's.
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
    // Hero's scripts run in there, without the portal's cookies, and never in a page of ours.
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
  // Everything but the API, which answers data, what partners' pages embed, the files of the build and the icon.
  matcher: ["/((?!api/|embed/|_next/static/|icon\\.svg).*)"],
};
