/**
 * True when the digits could be an NHS number: ten of them, the last being the modulus 11 check of the
 * others. Used to catch one typed where Hero's own patient id belongs.
 */
export function looksLikeNhsNumber(text: string): boolean {
  const digits = text.replace(/[\s-]/g, "");
  if (!/^[0-9]{10}$/.test(digits)) return false;
  const sum = [...digits.slice(0, 9)].reduce(
    (total, digit, index) => total + Number(digit) * (10 - index),
    0,
  );
  const check = (11 - (sum % 11)) % 11;
  return check === Number(digits[9]);
}
