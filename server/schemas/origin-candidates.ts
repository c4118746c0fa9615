/**
 * The saved origins that allow a page of this origin: itself, and `*.` with every host above it. Empty for
 * anything that is not a page's origin, such as `null`.
 */
export function originCandidates(origin: string): string[] {
  const [, scheme, host = "", port = ""] =
    /^(https?):\/\/([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/.exec(origin) ?? [];
  if (!scheme) return [];
  const labels = host.split(".");
  const parentWildcards = labels
    .slice(1)
    .map((_, index) => `${scheme}://*.${labels.slice(index + 1).join(".")}${port}`);
  return [origin, ...parentWildcards];
}
