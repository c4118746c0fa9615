// Control characters, invisible marks that reorder or hide text (bidirectional overrides, zero-width
// spaces), and half a surrogate pair, which PostgreSQL does not accept inside JSON.
const hiddenCharacters =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u;
const plainText = /^[ -~]*$/;

/** True for a text with a control character, which a line break is, or a mark that hides or reorders text. */
export const containsHiddenCharacters = (text: string) => hiddenCharacters.test(text);

/**
 * One line of text, composed (NFC) and trimmed, or why it is refused. Plain functions rather than a
 * schema: files of 50,000 rows are checked with them. Characters are counted as people see them.
 */
export function parseLine(
  text: string,
  maxCharacters: number,
): { value: string } | { reason: string } {
  const isPlain = plainText.test(text);
  const value = (isPlain ? text : text.normalize("NFC")).trim();
  if (!isPlain && containsHiddenCharacters(value)) {
    return { reason: "Remove hidden or control characters." };
  }
  if (value.length > maxCharacters && [...value].length > maxCharacters) {
    return { reason: `Use ${maxCharacters} characters or fewer.` };
  }
  return { value };
}
