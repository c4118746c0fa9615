import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  findNhsNumberError,
  formatNhsNumber,
  containsNhsNumber,
} from "@/server/schemas/nhs-number";
import { nhsNumber } from "@/server/schemas/patients";

const invalid = "This is not a valid NHS number. Check each digit.";

describe("an NHS number", () => {
  it.each(["999 000 0018", "999 000 0026", "999 000 0034", "9990000018", "999-000-0018"])(
    "%s is an NHS number",
    (text) => {
      expect(findNhsNumberError(text)).toBeUndefined();
      expect(nhsNumber.parse(text)).toBe(text.replace(/\D/g, ""));
    },
  );

  it.each([
    ["123 456 7891", invalid, "seen in public samples"],
    ["999 123 4567", invalid, "seen in public samples"],
    ["000 000 0000", invalid, "repeated digits pass the check"],
    ["111 111 1111", invalid, "repeated digits pass the check"],
    ["999 000 0019", invalid, "one digit off"],
    ["990 900 0018", invalid, "two digits changed over"],
    ["", "Enter the NHS number.", "nothing"],
    [" - ", "Enter the NHS number.", "nothing but separators"],
    ["999 000 001", "This NHS number is too short. It has 10 digits.", "nine digits"],
    ["999 000 00180", "This NHS number is too long. It has 10 digits.", "eleven digits"],
    ["999 OOO OO18", "An NHS number has only digits.", "letters"],
    ["٩٩٩٠٠٠٠٠١٨", "An NHS number has only digits.", "digits of another script"],
    ["999.000.0018", "An NHS number has only digits.", "dots"],
    [
      "QQ 12 34 56 C",
      "This looks like a National Insurance number. Enter the NHS number.",
      "another number of the same person",
    ],
  ])("%j is not an NHS number: %s (%s)", (text, sentence) => {
    expect(findNhsNumberError(text)).toBe(sentence);
    expect(nhsNumber.safeParse(text).error?.issues.map(({ message }) => message)).toEqual([
      sentence,
    ]);
  });

  it("values that are not text or very long are rejected", () => {
    for (const value of [9990000018, null, undefined, ["9990000018"], {}, "9".repeat(10_000)]) {
      expect(nhsNumber.safeParse(value).success).toBe(false);
    }
  });

  it.each([
    "999‑000‑0018",
    "999–000–0018",
    "999−000−0018",
    "999\u00a0000\u202f0018",
    "999\u200b0000018",
  ])("%j has the dashes and spaces of a word processor", (text) =>
    expect(nhsNumber.parse(text)).toBe("9990000018"),
  );

  it.each([
    "ref 999‑000‑0018",
    "999.000.0018",
    "999/000/0018",
    "999_000_0018",
    "999  000  0018",
    "９９９ ０００ ００１８",
    "(999) 000 0018",
  ])("an NHS number is found in %j, so that no partner text keeps it", (text) =>
    expect(containsNhsNumber(text)).toBe(true),
  );

  it.each([
    "12/10/2026 14:00",
    "01.02.2026 10:03",
    "2026-11-27T09:30",
    "999 000 00180",
    "£9,990,000.018",
  ])("%j holds no NHS number", (text) => expect(containsNhsNumber(text)).toBe(false));

  it("an NHS number is shown in groups of three, three and four", () => {
    expect(formatNhsNumber("9990000018")).toBe("999 000 0018");
  });
});

/** The check digit by the published rule, implemented independently. */
function checkDigitOf(digits: string): number {
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
  const rest = 11 - (sum % 11);
  return rest === 11 ? 0 : rest;
}

const nineDigits = fc.stringMatching(/^\d{9}$/);
const validNumbers = nineDigits
  .filter((digits) => checkDigitOf(digits) !== 10)
  .map((digits) => digits + checkDigitOf(digits))
  .filter((candidate) => !/^(\d)\1{9}$/.test(candidate));

describe("every NHS number", () => {
  it("nine digits have exactly one check digit, or none", () => {
    fc.assert(
      fc.property(nineDigits, (digits) => {
        const acceptedNumbers = Array.from(
          { length: 10 },
          (_, digit) => `${digits}${digit}`,
        ).filter((candidate) => findNhsNumberError(candidate) === undefined);
        const withCheckDigit = `${digits}${checkDigitOf(digits)}`;
        const isRepeated = /^(\d)\1{9}$/.test(withCheckDigit);
        expect(acceptedNumbers).toEqual(
          withCheckDigit.length === 10 && !isRepeated ? [withCheckDigit] : [],
        );
      }),
    );
  });

  it("an NHS number is accepted in any spacing, and found inside a text", () => {
    const separator = fc.constantFrom("", " ", "-", "  ");
    fc.assert(
      fc.property(
        validNumbers,
        fc.array(separator, { minLength: 9, maxLength: 9 }),
        (validNumber, separators) => {
          const text = [...validNumber]
            .map((digit, index) => digit + (separators[index] ?? ""))
            .join("");
          expect(nhsNumber.parse(` ${text} `)).toBe(validNumber);
          expect(nhsNumber.parse(formatNhsNumber(validNumber))).toBe(validNumber);
          expect(containsNhsNumber(`Flu letters, ${formatNhsNumber(validNumber)}, December`)).toBe(
            true,
          );
        },
      ),
    );
  });

  it("one wrong digit or two swapped neighbours are found", () => {
    const digitIndex = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(
        validNumbers,
        digitIndex,
        fc.integer({ min: 1, max: 9 }),
        (validNumber, index, offset) => {
          const changedDigits = [...validNumber];
          changedDigits[index] = String((Number(validNumber[index]) + offset) % 10);
          expect(findNhsNumberError(changedDigits.join(""))).toBe(invalid);
          const next = Math.min(index, 8);
          if (validNumber[next] === validNumber[next + 1]) return;
          const swapped =
            validNumber.slice(0, next) +
            validNumber[next + 1] +
            validNumber[next] +
            validNumber.slice(next + 2);
          expect(findNhsNumberError(swapped)).toBe(invalid);
        },
      ),
    );
  });

  it("any other text is rejected without an error", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const digits = text.replace(/[\s-]/g, "");
        const error = findNhsNumberError(text);
        if (error === undefined) expect(digits).toMatch(/^\d{10}$/);
        else expect(error).toMatch(/^[A-Z].*\.$/);
      }),
    );
  });

  it("telephone numbers, longer numbers and ids are not taken for NHS numbers", () => {
    for (const text of ["07700 900123", "99900000181234", "4417", "2026-12-03", "12345678901"]) {
      expect(containsNhsNumber(text)).toBe(false);
    }
  });
});
