// Only visible ASCII: browsers drop tabs and line breaks in URLs and read a backslash as a slash, so text
// that looks like a path can lead elsewhere.
const visibleAsciiPath = /^\/[\x21-\x5b\x5d-\x7e]*$/;
// Our paths have no encoded slashes, backslashes, dots or control characters, and a proxy may decode them.
const unsafeEncoding = /%(?:2f|5c|2e|25|[01][0-9a-f]|7f)/i;

/**
 * Where to go after signing in: the path and query of `value` when it is a page of the portal, otherwise
 * `fallback`. Other origins, schemes, `//x`, `/\x`, encoded variants and API routes give the fallback.
 */
export function safeNextPath(value: unknown, fallback = "/organisations"): string {
  if (typeof value !== "string" || value.length > 2000 || !visibleAsciiPath.test(value))
    return fallback;
  const base = "https://portal.invalid";
  if (!URL.canParse(value, base)) return fallback;
  const { origin, pathname, search } = new URL(value, base);
  if (origin !== base || unsafeEncoding.test(pathname)) return fallback;
  // Checked after dot segments are resolved: "/a/..//x" becomes "//x".
  if (pathname.startsWith("//") || /^\/api(?:\/|$)/.test(pathname)) return fallback;
  return pathname + search;
}
