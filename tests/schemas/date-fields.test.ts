import { describe, expect, it } from "vitest";
import { localDate, optionalLocalDate } from "@/server/schemas/date-fields";

const expiry = localDate("expiry date", "Enter the expiry date.");
const messageOf = (text: unknown) => expiry.safeParse(text).error?.issues.map((i) => i.message);

describe("a date of three boxes", () => {
  it.each([
    ["", "Enter the expiry date."],
    ["soon", "Enter the expiry date."],
    ["2027--01", "Enter the month of the expiry date."],
    ["--01", "Enter the month and year of the expiry date."],
    ["-02-01", "Enter the year of the expiry date."],
    ["27-02-01", "Enter the year of the expiry date in full."],
    ["2027-02-30", "Enter the expiry date as a real date."],
    ["2027-Xy-01", "Enter the expiry date as a real date."],
    ["1927-02-01", "Enter the expiry date."],
  ])("E11: %j says which part to correct", (text, message) => {
    expect(messageOf(text)).toEqual([message]);
  });

  it("E11: an optional date can be empty, and not half typed", () => {
    const first = optionalLocalDate("first date");
    expect(first.parse("")).toBeUndefined();
    expect(first.parse("2027-02-01")).toBe("2027-02-01");
    expect(first.safeParse("2027-02-").error?.issues[0]?.message).toBe(
      "Enter the day of the first date.",
    );
    expect(first.safeParse("soon").error?.issues[0]?.message).toBe("Enter a valid first date.");
  });
});
