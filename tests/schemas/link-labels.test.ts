import { expect, it } from "vitest";
import { explainFixedFormLink, explainNotEditable } from "@/components/links/labels";

const expiresOn = "2027-02-01";

it("E5: a form link's edit page gives the reason that is true for form links", () => {
  const { title, text } = explainNotEditable({ kind: "form", state: "live", expiresOn });
  expect(title).toBe("Form links cannot be edited");
  expect(text).toContain("Hero has no way to change or close form links.");
  expect(text).toContain("until the end of 1 February 2027, UK time");
  expect(text).not.toContain("booking");
});

it("E5: a form link that has ended is not said to work", () => {
  for (const state of ["expired", "used_up", "stopped", "failed"] as const) {
    expect(explainFixedFormLink({ kind: "form", state, expiresOn })).not.toContain("works until");
  }
});

it("E5: a closed booking link's edit page names its state", () => {
  expect(explainNotEditable({ kind: "booking", state: "closed", expiresOn }).title).toBe(
    "This link cannot be edited: closed",
  );
});
