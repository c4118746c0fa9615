import { describe, expect, it } from "vitest";
import { describeFormLink, describeLink } from "@/components/links/describe-link";

const generic = {
  isInvite: false,
  practiceName: "Kingsway Surgery",
  patientId: "",
  appointmentTypeName: "Flu clinic",
  locationName: "Main site",
  practitionerName: null,
  slotsFrom: "2026-12-03",
  slotsTo: "2026-12-17",
  expiresOn: "2026-12-17",
  maxUses: "",
};
const invite = { ...generic, isInvite: true, patientId: "40201", maxUses: "1" };

describe("the summary of a booking link", () => {
  it.each([
    [
      generic,
      "Anyone registered at Kingsway Surgery can book one Flu clinic at Main site between 3 and 17 December 2026, until the end of 17 December 2026, UK time.",
    ],
    [
      { ...generic, maxUses: "1200", practitionerName: "Dr Shah" },
      "Anyone registered at Kingsway Surgery can book one Flu clinic at Main site with Dr Shah between 3 and 17 December 2026, until 1,200 bookings are made or the end of 17 December 2026, UK time, whichever comes first.",
    ],
    [
      { ...generic, slotsFrom: "2027-03-28", slotsTo: "2027-03-28", expiresOn: "2027-03-28" },
      "Anyone registered at Kingsway Surgery can book one Flu clinic at Main site on 28 March 2027, until the end of 28 March 2027, UK time.",
    ],
    [
      invite,
      "Patient 40201 of Kingsway Surgery can book one Flu clinic at Main site between 3 and 17 December 2026, until the end of 17 December 2026, UK time.",
    ],
    [
      { ...invite, maxUses: "3", slotsTo: "" },
      "Patient 40201 of Kingsway Surgery can book up to 3 × Flu clinic at Main site on or after 3 December 2026, until the end of 17 December 2026, UK time.",
    ],
    [
      {
        ...invite,
        patientId: "",
        appointmentTypeName: null,
        locationName: null,
        slotsFrom: "",
        slotsTo: "",
        expiresOn: "",
      },
      "One patient of Kingsway Surgery can book one appointment at one of its locations on any date, until an expiry date to be chosen.",
    ],
  ])("the summary of a booking link follows the form", (draft, sentence) => {
    expect(describeLink(draft)).toBe(sentence);
  });

  it("dates in the wrong order are described as not valid", () => {
    const sentence = describeLink({ ...generic, slotsFrom: "2026-12-18" });
    expect(sentence).toContain("on dates to be corrected");
  });
});

describe("the summary of a form link", () => {
  const draft = {
    isForOnePatient: null,
    practiceName: "Kingsway Surgery",
    patientId: "",
    formTitle: "Asthma review",
    expiresOn: "2026-12-17",
    maxUses: "",
  };

  it.each([
    [
      draft,
      "One patient of Kingsway Surgery can fill in “Asthma review” once, until the end of 17 December 2026, UK time.",
    ],
    [
      { ...draft, isForOnePatient: true, patientId: "40201", maxUses: "2" },
      "Patient 40201 of Kingsway Surgery can fill in “Asthma review” up to 2 times, until the end of 17 December 2026, UK time.",
    ],
    [
      { ...draft, isForOnePatient: false, maxUses: "1", formTitle: null },
      "Anyone with the link can fill in one form of Kingsway Surgery, until one response is sent or the end of 17 December 2026, UK time, whichever comes first.",
    ],
  ])("the summary of a form link follows the form", (overrides, sentence) => {
    expect(describeFormLink(overrides)).toBe(sentence);
  });
});
