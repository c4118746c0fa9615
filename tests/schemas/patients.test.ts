import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDateParts, parsePastedDate, splitDateParts } from "@/components/forms/date-parts";
import {
  maskBirthDate,
  maskEmail,
  maskMobile,
  maskName,
  maskNhsNumber,
  maskPostcode,
} from "@/server/schemas/patient-mask";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { dateOfBirth, lookUpPatientInput, postcode } from "@/server/schemas/patients";

const today = ukDateOf(new Date());
const errorOf = (text: string) => dateOfBirth.safeParse(text).error?.issues[0]?.message;

describe("a date of birth", () => {
  it.each(["1989-12-04", "2000-02-29", today, addDays(today, -40_000)])(
    "%s is a date of birth",
    (text) => {
      expect(dateOfBirth.parse(text)).toBe(text);
    },
  );

  it.each([
    ["", "Enter the date of birth."],
    ["1989--04", "Enter the month of the date of birth."],
    ["1989-12-", "Enter the day of the date of birth."],
    ["-12-04", "Enter the year of the date of birth."],
    ["--04", "Enter the month and year of the date of birth."],
    ["1989-13-04", "Enter the date of birth as a real date."],
    ["1989-02-29", "Enter the date of birth as a real date."],
    ["89-12-04", "Enter the date of birth as a real date."],
    ["04/12/1989", "Enter the date of birth as a real date."],
    [addDays(today, 1), "The date of birth must be in the past."],
    ["1801-01-01", "Check the year of the date of birth."],
  ])("%j is not a date of birth", (text, sentence) => {
    expect(errorOf(text)).toBe(sentence);
  });
});

describe("the three fields of a date of birth", () => {
  it.each([
    ["04/12/1989", "4 12 1989"],
    ["4.12.1989", "4 12 1989"],
    [" 4 12 1989\n", "4 12 1989"],
    ["1989-12-04", "4 12 1989"],
    ["1989-12-04T00:00:00.000Z", "4 12 1989"],
    ["4 December 1989", "4 12 1989"],
    ["4th Dec 1989", "4 12 1989"],
    ["29/02/2000", "29 2 2000"],
  ])("%j can be pasted whole", (text, dateParts) => {
    const parsed = parsePastedDate(text);
    expect(parsed && `${parsed.day} ${parsed.month} ${parsed.year}`).toBe(dateParts);
  });

  it.each([
    "4",
    "12",
    "1989",
    "04/12/89",
    "31/02/1989",
    "12/31/1989",
    "tomorrow",
    "",
    "9990000018",
  ])("%j is pasted into one field unchanged", (text) => {
    expect(parsePastedDate(text)).toBeUndefined();
  });

  it.each([
    [{ day: "4", month: "12", year: "1989" }, "1989-12-04"],
    [{ day: " 04 ", month: "Dec", year: "1989" }, "1989-12-04"],
    [{ day: "4", month: "december", year: "1989" }, "1989-12-04"],
    [{ day: "", month: "", year: "" }, ""],
    [{ day: "4", month: "", year: "1989" }, "1989--04"],
  ])("the fields %j are joined", (dateParts, joined) => {
    expect(formatDateParts(dateParts)).toBe(joined);
  });

  it.each(["1989-12-04", "2027-02-01", "2027--10", "--4", ""])(
    "E11: %j joined from three boxes is the same after it was split",
    (date) => {
      const joined = formatDateParts(splitDateParts(date));
      expect(formatDateParts(splitDateParts(joined))).toBe(joined);
      if (!date.startsWith("-")) expect(joined).toBe(date);
    },
  );

  it("every date pasted in British order is read correctly", () => {
    const day = fc.date({
      min: new Date("1900-01-01T00:00:00Z"),
      max: new Date("2026-01-01T00:00:00Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(day, fc.constantFrom("/", ".", "-", " "), (date, separator) => {
        const isoDate = date.toISOString().slice(0, 10);
        const parsed = parsePastedDate(isoDate.split("-").reverse().join(separator));
        expect(parsed && formatDateParts(parsed)).toBe(isoDate);
        expect(dateOfBirth.parse(parsed && formatDateParts(parsed))).toBe(isoDate);
      }),
    );
  });
});

describe("a postcode", () => {
  it.each([
    ["kt2 6qw", "KT2 6QW"],
    ["KT26QW", "KT2 6QW"],
    [" ec1a 1bb ", "EC1A 1BB"],
    ["m1 1ae", "M1 1AE"],
  ])("the postcode %j becomes %s", (text, fullDate) => {
    expect(postcode.parse(text)).toBe(fullDate);
  });

  it.each(["", "KT2", "12345", "KT2 6Q", "ＫＴ２ ６ＱＷ", "KT2 6QW; drop"])(
    "%j is not a postcode",
    (text) => {
      expect(postcode.safeParse(text).success).toBe(false);
    },
  );
});

describe("a patient look-up", () => {
  const practiceId = "01920000-0000-7000-8000-000000000000";

  it("an NHS number alone is not enough", () => {
    const identity = { by: "nhs_number", nhsNumber: "9990000018" };
    expect(lookUpPatientInput.safeParse({ practiceId, identity }).success).toBe(false);
  });

  it.each([undefined, null, "nhs_number", {}, { by: "name" }, { by: "__proto__" }, []])(
    "a look-up by %j is rejected",
    (identity) => {
      const parsed = lookUpPatientInput.safeParse({ practiceId, identity });
      expect(parsed.error?.issues).toMatchObject([
        { path: ["identity"], message: "Choose how to find the patient." },
      ]);
    },
  );

  it("the identifiers are returned as Hero accepts them", () => {
    const identity = { by: "nhs_number", nhsNumber: "999-000 0018", dateOfBirth: "1989-12-04" };
    expect(lookUpPatientInput.parse({ practiceId, identity }).identity).toEqual({
      by: "nhs_number",
      nhsNumber: "9990000018",
      dateOfBirth: "1989-12-04",
    });
  });
});

describe("masked patient details", () => {
  it("masked details show no whole word, day, month or number", () => {
    expect(maskName("Mrs Zofia Nowak")).toBe("M•• Z•••• N••••");
    expect(maskBirthDate("1989-12-04")).toBe("•• ••• 1989");
    expect(maskNhsNumber("9990000018")).toBe("••• ••• 0018");
    expect(maskPostcode("KT2 6QW")).toBe("KT2 •••");
  });

  it("a masked contact shows enough to recognise it, and not enough to use it", () => {
    expect(maskMobile("+447700900123")).toBe("07••• ••• 123");
    expect(maskMobile("+33612345678")).toBe("••• ••• 678");
    expect(maskEmail("zofia.nowak@mail.example.co.uk")).toBe("z•••@m•••.uk");
    expect(maskMobile("12345")).toBe("••• ••• •••");
    expect(maskEmail("not an address")).toBe("•••@•••");
    expect(maskEmail("")).toBe("•••@•••");
  });
});
