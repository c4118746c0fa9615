import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  createLinkResolver,
  initialLinkFormValues,
  type LinkFormValues,
} from "@/components/links/link-form-values";
import { explainNoVideo } from "@/components/links/video-support";
import { addDays, ukDateOf } from "@/server/schemas/dates";

const today = ukDateOf(new Date());
const ids = { practiceId: randomUUID(), operationId: randomUUID() };
const emptyValues = initialLinkFormValues(
  { appointmentTypes: [], locations: [], practitioners: [] },
  today,
  null,
);
const bookingValues = { ...emptyValues, appointmentTypeId: "101", locationId: "5", maxUses: "3" };

const resolve = (
  kind: "invite" | "generic" | "form" | "video",
  isForOnePatient: boolean,
  values: LinkFormValues,
) =>
  createLinkResolver({ kind, isForOnePatient, ...ids })(values, undefined, {
    fields: {},
    shouldUseNativeValidation: false,
  });

describe("the form for a new link", () => {
  it("a generic link has no patient, even if one was selected for an invite", async () => {
    const { values, errors } = await resolve("generic", false, {
      ...bookingValues,
      patientId: "40201",
      tags: "flu, winter letters,",
    });
    expect(errors).toEqual({});
    expect(values).toMatchObject({ ...ids, maxUses: 3, tags: ["flu", "winter letters"] });
    expect(values).not.toHaveProperty("patientId", "40201");
    expect(values).not.toHaveProperty("formId");
  });

  it("an invite needs a patient", async () => {
    expect((await resolve("invite", true, bookingValues)).errors).toMatchObject({
      patientId: { message: "Select the patient first." },
    });
    const { values } = await resolve("invite", true, { ...bookingValues, patientId: "40201" });
    expect(values).toMatchObject({ patientId: "40201" });
  });

  it("a form link ignores what was typed for a booking link", async () => {
    const { values, errors } = await resolve("form", false, {
      ...bookingValues,
      formId: "60102",
      slotsFrom: addDays(today, 30),
    });
    expect(errors).toEqual({});
    expect(values).toMatchObject({ formId: "60102", maxUses: 3 });
    expect(values).not.toHaveProperty("slotsFrom");
  });

  it("a video link has a patient and an expiry date, and nothing of other kinds", async () => {
    expect((await resolve("video", true, bookingValues)).errors).toMatchObject({
      patientId: { message: "Select the patient first." },
    });
    const { values, errors } = await resolve("video", true, {
      ...bookingValues,
      patientId: "40201",
      maxUses: "",
    });
    expect(errors).toEqual({});
    expect(values).toEqual({
      ...ids,
      patientId: "40201",
      name: undefined,
      reference: undefined,
      tags: undefined,
      expiresOn: emptyValues.expiresOn,
    });
  });

  it("video links are offered where Hero lists them or created the last one", () => {
    const explain = (capabilities: string[], isAvailable?: boolean) =>
      explainNoVideo(
        {
          capabilities,
          capabilityChecks:
            isAvailable === undefined
              ? []
              : [{ capability: "video_links", isAvailable, reason: null, durationMs: 1 }],
        },
        "Elm Surgery",
      );
    expect(explain(["sms_messaging", "VIDEO_consultations"])).toBeNull();
    expect(explain([], true)).toBeNull();
    expect(explain(["sms_messaging"])).toBe(
      "Hero does not list video consultations among the capabilities of Elm Surgery.",
    );
    expect(explain(["video_consultations"], false)).toBe(
      "Hero refused the last video link for Elm Surgery. This may have changed since.",
    );
  });

  it("an invalid tag is an error of the tags field", async () => {
    const { errors } = await resolve("generic", false, { ...bookingValues, tags: "flu, #winter" });
    expect(errors).toMatchObject({ tags: { message: "A tag cannot contain a comma or #." } });
  });
});
