/**
 * What a saved origin may read for a page of this origin to be allowed: itself, and every host above it
 * with `*.`. Empty for what is no origin of a page, `null` above all.
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
