/**
 * Proposes a short name from an organisation's name: "Acme Health Ltd" gives "acme-health-ltd". It
 * stands by itself so that the form may use it without bringing the schema library to the browser;
 * what it gives may still be refused by the schema.
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
