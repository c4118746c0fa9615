import { expect, it } from "vitest";
import {
  explainFixedLink,
  explainNotClosable,
  explainNotEditable,
  explainStopped,
} from "@/components/links/labels";

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
    expect(explainFixedLink({ kind: "form", state, expiresOn })).not.toContain("works until");
  }
});

it("a video link's edit page gives the reason that is true for video links", () => {
  const link = { kind: "video", state: "live", expiresOn } as const;
  const { title, text } = explainNotEditable(link);
  expect(title).toBe("Video links cannot be edited");
  expect(text).toBe(
    "Hero has no way to change or close video links. This one works until the end of 1 February 2027, UK time. For another expiry date, create a new link.",
  );
  expect(explainNotClosable([link])).toBe(
    "1 video link will stay open: Hero has no way to close video links.",
  );
  expect(explainStopped({ kind: "video" })).toContain("It may have expired earlier at Hero");
});

it("E5: a closed booking link's edit page names its state", () => {
  expect(explainNotEditable({ kind: "booking", state: "closed", expiresOn }).title).toBe(
    "This link cannot be edited: closed",
  );
});

it("E5: closing several links says which of them stay open, and why", () => {
  const live = { kind: "booking", state: "live" } as const;
  const form = { kind: "form", state: "ends_soon" } as const;
  expect(explainNotClosable([live, live])).toBe("");
  expect(explainNotClosable([live, form, form])).toBe(
    "2 form links will stay open: Hero has no way to close form links.",
  );
  expect(explainNotClosable([live, form, { kind: "form", state: "expired" }])).toBe(
    "1 form link will stay open: Hero has no way to close form links. 1 other link will not change: only live links can be closed.",
  );
  expect(explainNotClosable([live, { kind: "booking", state: "failed" }])).not.toContain("form");
});

it("E5: a stopped link names the cause only where Hero gives it", () => {
  expect(explainStopped({ kind: "form" })).toMatch(/^Hero has locked this link\./);
  expect(explainStopped({ kind: "booking" })).toContain("The practice may have closed it");
});
