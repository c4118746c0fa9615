import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMobile } from "@/server/schemas/phone-numbers";

const foreign = "This number is from another country. Use a UK mobile number.";
const unreadable = "Enter one UK mobile number, such as 07700 900123.";
const notMobile = "This is not a UK mobile number. Check each digit.";
const premium = "This is a premium rate number. Use a mobile number.";
const landline = "This is a landline. Use a mobile number.";

describe("a mobile number", () => {
  it.each([
    ["07700 900123", "+447700900123"],
    ["07700900123", "+447700900123"],
    ["+44 7700 900123", "+447700900123"],
    ["+44 (0)7700 900123", "+447700900123"],
    ["0044 7700 900123", "+447700900123"],
    ["447700900123", "+447700900123"],
    ["7700900123", "+447700900123"],
    ["(07700) 900-123", "+447700900123"],
    ["07700.900.123", "+447700900123"],
    ["07700\u00a0900123", "+447700900123"],
    ["\u202a07700 900123\u202c", "+447700900123"],
    ["\u200b07700900123", "+447700900123"],
    ["０７７００９００１２３", "+447700900123"],
    ["07400 123456", "+447400123456"],
    ["07911 223456", "+447911223456"],
    ["07999 123456", "+447999123456"],
  ])("%j is %s", (text, number) => {
    expect(parseMobile(text)).toEqual({ number, isIsland: false });
  });

  it.each([
    ["Jersey", "07797 712345", "+447797712345"],
    ["Jersey", "07829 912345", "+447829912345"],
    ["Jersey", "+44 7700 300123", "+447700300123"],
    ["Guernsey", "07781 123456", "+447781123456"],
    ["Guernsey", "07839 123456", "+447839123456"],
    ["Guernsey", "07911 712345", "+447911712345"],
    ["the Isle of Man", "07624 412345", "+447624412345"],
    ["the Isle of Man", "07524 123456", "+447524123456"],
    ["the Isle of Man", "07924 123456", "+447924123456"],
  ])("a mobile of %s is accepted and marked: %s", (_, text, number) => {
    expect(parseMobile(text)).toEqual({ number, isIsland: true });
  });

  it.each([
    ["", "Enter a mobile number.", "nothing"],
    [" \u200e ", "Enter a mobile number.", "nothing that can be seen"],
    ["+33 6 12 34 56 78", foreign, "France"],
    ["0033 6 12 34 56 78", foreign, "France, with 00"],
    ["+353 85 012 3456", foreign, "Ireland"],
    ["+1 202 555 0123", foreign, "the United States"],
    ["+1 876 555 0123", foreign, "Jamaica, a number of the costly kind"],
    ["01632 960123", notMobile, "an area that does not exist"],
    ["020 7946 0123", landline, "London"],
    ["01534 712345", landline, "a landline of Jersey"],
    ["0909 879 0123", premium, "premium"],
    ["0871 234 5678", premium, "shared cost"],
    ["0845 464 1234", premium, "shared cost"],
    [
      "070 1234 5678",
      "This is a personal number, which starts with 070. Use a mobile number.",
      "personal",
    ],
    ["0800 123 4567", "This is not a mobile number.", "free"],
    ["0300 123 4567", "This is not a mobile number.", "non-geographic"],
    ["056 0123 4567", "This is not a mobile number.", "internet"],
    ["07640 123456", "This is a pager. Use a mobile number.", "a pager"],
    ["07700 90012", notMobile, "one digit short"],
    ["07700 9001234", notMobile, "one digit too many"],
    ["999", notMobile, "an emergency number"],
    ["82228", notMobile, "a short code"],
    ["07700 900123 x12", unreadable, "an extension"],
    ["07700 900123 (mum)", unreadable, "a note"],
    ["07700 900123, 07700 900124", unreadable, "two numbers"],
    ["07700 900123\n07700 900124", unreadable, "two lines"],
    ["ring mum", unreadable, "words"],
    ["07700 9OO123", unreadable, "letters for digits"],
    ["0x1d5f", unreadable, "another base"],
    ["ann@example.org", unreadable, "an email address"],
    ["-", unreadable, "a dash"],
  ])("%j is refused: %s (%s)", (text, reason) => {
    expect(parseMobile(text)).toEqual({ reason });
  });

  it("a number is read the same in any spacing, and read again as itself", () => {
    const digits = fc.stringMatching(/^07[4-9]\d{8}$/);
    fc.assert(
      fc.property(
        digits,
        fc.array(fc.constantFrom("", " ", "-"), { minLength: 11, maxLength: 11 }),
        (typed, gaps) => {
          const plain = parseMobile(typed);
          const spaced = [...typed]
            .map((digit, index) => digit + (index < 10 ? gaps[index] : ""))
            .join("");
          expect(parseMobile(spaced)).toEqual(plain);
          if ("number" in plain) expect(parseMobile(plain.number)).toEqual(plain);
        },
      ),
    );
  });

  it("any other text is refused with a sentence, and without an error", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const parsed = parseMobile(text);
        if ("reason" in parsed) expect(parsed.reason).toMatch(/^[A-Z].*\.$/);
        else expect(parsed.number).toMatch(/^\+447\d{9}$/);
      }),
    );
  });
});
