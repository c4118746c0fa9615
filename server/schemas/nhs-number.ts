/**
 * NHS numbers: ten digits, the last a modulus 11 check digit, shown 3-3-4. Ten equal digits pass the
 * check but are rejected: no patient has such a number.
 */

/** Without the spaces and dashes of any kind that people and word processors write between digits. */
export const toNhsNumberDigits = (text: string) =>
  /^\d+$/.test(text) ? text : text.replace(/[\s\p{Pd}\u2212\p{Cf}]/gu, "");

/** Why a text is not an NHS number, as a field's error; undefined when it is one. */
export function findNhsNumberError(text: string): string | undefined {
  const digits = toNhsNumberDigits(text);
  if (digits === "") return "Enter the NHS number.";
  if (/^[a-z]{2}\d{6}[a-d]$/i.test(digits)) {
    return "This looks like a National Insurance number. Enter the NHS number.";
  }
  if (/\D/.test(digits)) return "An NHS number has only digits.";
  if (digits.length < 10) return "This NHS number is too short. It has 10 digits.";
  if (digits.length > 10) return "This NHS number is too long. It has 10 digits.";
  if (/^(\d)\1{9}$/.test(digits) || !hasValidCheckDigit(digits)) {
    return "This is not a valid NHS number. Check each digit.";
  }
  return undefined;
}

/** The modulus 11 check of ten digits. */
function hasValidCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < 9; index += 1) sum += Number(digits[index]) * (10 - index);
  const check = (11 - (sum % 11)) % 11;
  return check !== 10 && check === Number(digits[9]);
}

/** `9990000018` as "999 000 0018". */
export function formatNhsNumber(digits: string): string {
  return `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`;
}

// Ten digits with any spacing, or in groups of 3, 3 and 4 with any marks between: dates have other groups.
const spacedDigits = /(?<!\d)\d(?:[\s\p{Pd}\u2212\p{Cf}]?\d){9}(?!\d)/gu;
const groupedDigits =
  /(?<!\d)\d{3}[\s\p{P}\p{S}\p{Cf}]{0,2}\d{3}[\s\p{P}\p{S}\p{Cf}]{0,2}\d{4}(?!\d)/gu;

/** True for a text with a valid NHS number in it, in any spacing and punctuation, or with full-width digits. */
export function containsNhsNumber(text: string): boolean {
  if (text.length < 10) return false;
  const normalized = text.normalize("NFKC");
  return [spacedDigits, groupedDigits].some((pattern) =>
    [...normalized.matchAll(pattern)].some(
      ([candidate]) => findNhsNumberError(candidate.replace(/\D/g, "")) === undefined,
    ),
  );
}
