/**
 * Whether an origin is on a list of origins as `allowedOrigin` (`server/schemas/origins.ts`) leaves them:
 * `https://*.example.org` stands for any depth of subdomains and never for the host itself.
 *
 * @param origin As the browser states it, lower case and without a path; `null` is on no list.
 */
export const isOnList = (origin: string, list: readonly string[]): boolean =>
  list.some((each) => {
    const [start = "", end] = each.split("*");
    if (end === undefined) return each === origin;
    return origin.length >= each.length && origin.startsWith(start) && origin.endsWith(end);
  });
