/**
 * Whether an origin is in a list as `allowedOrigin` (`server/schemas/origins.ts`) returns them:
 * `https://*.example.org` matches subdomains of any depth, but not the host itself.
 *
 * @param origin As the browser reports it, lower case and without a path. `null` is never allowed.
 */
export const isAllowedOrigin = (origin: string, list: readonly string[]): boolean =>
  list.some((allowed) => {
    const [start = "", end] = allowed.split("*");
    if (end === undefined) return allowed === origin;
    return origin.length >= allowed.length && origin.startsWith(start) && origin.endsWith(end);
  });
