import { describe, expect, it } from "vitest";
import { addressLines, compareDetails } from "@/components/practices/detail-labels";
import { describeSettings } from "@/components/practices/setting-labels";

describe("a practice's settings in words", () => {
  const texts = (settings: Parameters<typeof describeSettings>[0]) =>
    describeSettings(settings).map(({ label, text }) => `${label}: ${text}`);

  it("a known setting has a label and its unit, and a list is one setting", () => {
    expect(
      texts([
        { path: ["clinical_system"], value: "systmone" },
        { path: ["booking", "hold_minutes"], value: 1 },
        { path: ["booking", "cancellation_policy_hours"], value: 24 },
        { path: ["booking", "ways_of_consulting", "0"], value: "in_person" },
        { path: ["booking", "ways_of_consulting", "1"], value: "video" },
        { path: ["messaging", "footer"], value: null },
      ]),
    ).toEqual([
      "Clinical system: SystmOne",
      "Times are held for: 1 minute",
      "Patients can cancel until: 24 hours before",
      "Consultation types: In person, by video",
      "Text at the end of each message: Not set",
    ]);
  });

  it("an unknown setting is readable under Hero's own name", () => {
    expect(
      texts([
        { path: ["pds", "useNhsLogin"], value: true },
        { path: ["ods_code"], value: "" },
        { path: ["hours", "0", "opens_at"], value: "08:00" },
        { path: ["hours", "1", "opens_at"], value: "09:00" },
        { path: ["constructor"], value: 5 },
      ]),
    ).toEqual([
      "PDS: use NHS login: Yes",
      "ODS code: Not set",
      "Hours: opens at: 08:00, 09:00",
      "Constructor: 5",
    ]);
  });
});

describe("a practice's name and address", () => {
  const details = {
    name: "Harbour Practice",
    line1: "1 High Street",
    line2: null,
    line3: null,
    town: "Kingston",
    county: null,
    postcode: "KT2 6QW",
  };

  it("the difference names each field that changes, also one that becomes blank", () => {
    expect(compareDetails(details, { ...details, town: undefined, county: "Surrey" })).toEqual([
      { field: "town", label: "Town", from: "Kingston", to: null },
      { field: "county", label: "County", from: null, to: "Surrey" },
    ]);
  });

  it("blank lines of an address are left out", () => {
    expect(addressLines(details)).toEqual(["1 High Street", "Kingston", "KT2 6QW"]);
  });
});
