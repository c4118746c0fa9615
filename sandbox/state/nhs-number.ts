/** Ten digits, not all the same, with a valid modulus 11 check digit. */
export function isNhsNumber(text: string): boolean {
  if (!/^\d{10}$/.test(text) || /^(\d)\1{9}$/.test(text)) return false;
  return checkDigit(text.slice(0, 9)) === Number(text[9]);
}

function checkDigit(digits: string): number {
  let sum = 0;
  for (let index = 0; index < 9; index += 1) sum += Number(digits[index]) * (10 - index);
  const digit = 11 - (sum % 11);
  return digit === 11 ? 0 : digit;
}

/** The n-th of a fixed series in the 999 range, which is reserved for tests. */
export function testNhsNumber(index: number): string {
  for (let attempt = 0; ; attempt += 1) {
    const middle = String((index * 7919 + attempt * 613 + 104_729) % 1_000_000).padStart(6, "0");
    const digits = `999${middle}`;
    const digit = checkDigit(digits);
    if (digit !== 10) return `${digits}${digit}`;
  }
}
