/**
 * Proposes a short name: "Acme Health Ltd" gives "acme-health-ltd". The schema may still reject it. In a
 * separate file, so that the form does not load the schema library.
 */
export function proposeSlug(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}+/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
}
