const maxShownCharacters = 60;

/** Shortens a text and replaces control characters, so that it fits on one line. */
export function toShownText(cell: string): string {
  const start = cell.slice(0, maxShownCharacters * 4);
  const text = start.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "·");
  const characters = [...text];
  const isTruncated = characters.length > maxShownCharacters || start.length < cell.length;
  return isTruncated ? `${characters.slice(0, maxShownCharacters).join("")}…` : text;
}
