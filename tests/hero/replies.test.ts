import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  requestBookingLink,
  getBookingLink,
  listBookingLinks,
  listShortLinks,
} from "@/server/hero/booking-links";
import { requestFormLink } from "@/server/hero/form-links";
import { fetchForm, fetchForms } from "@/server/hero/forms";
import { requestVideoLink } from "@/server/hero/video-links";
import { getLinkStatus } from "@/server/hero/link-status";
import { getPatient, registerPatientPds } from "@/server/hero/patients";
import {
  getCapabilities,
  getPracticeGroup,
  listAppointmentTypes,
  listElements,
  listLocations,
  listPractitioners,
} from "@/server/hero/practice";
import { fetchSlotCount } from "@/server/hero/slots";
import { json, createAccess, startFakeHero } from "./fake-hero";

let hero: Awaited<ReturnType<typeof startFakeHero>>;
const { access } = createAccess();

beforeAll(async () => {
  hero = await startFakeHero();
  process.env.HERO_SANDBOX_URL = hero.url;
});
afterAll(() => hero.stop());

describe("A10: ids in replies", () => {
  const readers: [string, (id: unknown) => unknown, () => Promise<string | undefined>][] = [
    ["the practice", (id) => ({ id, name: "N" }), async () => (await getPracticeGroup(access)).id],
    [
      "an appointment type",
      (id) => ({ data: [{ id, name: "T", duration: 10, slot_count: 1 }] }),
      async () => (await listAppointmentTypes(access))[0]?.id,
    ],
    [
      "a location",
      (id) => ({ data: [{ id, name: "L" }] }),
      async () => (await listLocations(access))[0]?.id,
    ],
    [
      "a practitioner",
      (id) => ({ data: [{ id }] }),
      async () => (await listPractitioners(access))[0]?.id,
    ],
    [
      "a form in a list",
      (id) => ({ data: [{ id, title: "F" }] }),
      async () => (await fetchForms(access))[0]?.id,
    ],
    [
      "a form",
      (id) => ({ id, title: "F", fields: [] }),
      async () => (await fetchForm(access, "1")).id,
    ],
    [
      "a question of a form",
      (id) => ({ id: "1", title: "F", fields: [{ form_question_id: id, name: "Q" }] }),
      async () => (await fetchForm(access, "1")).fields[0]?.form_question_id,
    ],
    [
      "a patient",
      (id) => ({ id, deceased_at: null, restricted: false, status: "unarchived" }),
      async () => (await getPatient(access, "1")).id,
    ],
    [
      "a traced patient",
      (id) => ({ patient_id: id }),
      async () => {
        const traced = await registerPatientPds(access, {
          nhs_number: "9990000018",
          dob: "1980-01-01",
        });
        return traced.outcome === "found" ? traced.patientId : undefined;
      },
    ],
    [
      "the practice of a link",
      (id) => ({ id: "1", practice_group_id: id }),
      async () => (await getBookingLink(access, "1")).practice_group_id ?? undefined,
    ],
    [
      "the location of a link",
      (id) => ({ id: "1", meta: { location_id: [id] } }),
      async () => (await getBookingLink(access, "1")).meta?.location_id?.[0],
    ],
    [
      "a booking link in a list",
      (id) => ({ data: [{ id }] }),
      async () => (await listBookingLinks(access))[0]?.id,
    ],
    [
      "a short link in a list",
      (id) => ({ data: [{ id }] }),
      async () =>
        (await listShortLinks(access, { index: 0, size: 1, isGenericOnly: false })).data[0]?.id,
    ],
    [
      "a created link",
      (id) => ({ id, url: address }),
      async () => (await requestBookingLink(access, body)).id ?? undefined,
    ],
  ];

  it.each(readers)(
    "the id of %s may be a number or text without digits",
    async (_, reply, read) => {
      for (const id of [7, "7", "abc-DEF_9", "a:b.c@d", "\u00e9", 2 ** 53 - 1]) {
        hero.respondWith(json(200, reply(id)));
        expect(await read()).toBe(String(id));
      }
    },
  );

  it.each(readers)("no value that is not an id is taken for that of %s", async (_, reply, read) => {
    const invalidIds = [
      null,
      undefined,
      "",
      true,
      {},
      [7],
      -1,
      0.5,
      2 ** 53,
      ".",
      "..",
      "a/b",
      "1 2",
    ];
    for (const id of invalidIds) {
      hero.respondWith(json(200, reply(id)));
      const result = await read().catch((error: unknown) => error);
      if (result !== undefined) expect(result).toMatchObject(unreadableReplyError);
    }
  });
});

const body = { appointment_type_id: "1", location_id: "1", expiry_date: "2030-01-01" };
const unreadableReplyError = { code: "unreadable_reply", writeOutcome: "unknown" };
const address = "https://hero.example/s/abc";

describe("the response to creating a link", () => {
  it.each([
    ["booking_link", { booking_link: address }, null],
    ["short_link", { short_link: address, id: "5" }, "5"],
    ["url", { url: address, id: 5 }, "5"],
    ["link", { link: address, id: null }, null],
    ["a field of another name", { patient_url: address, count: 1, id: "x" }, "x"],
    ["unknown fields beside it", { short_link: address, id: "5", state: "NEW", more: {} }, "5"],
  ])("a created link is accepted with its address in %s", async (_, reply, id) => {
    hero.respondWith(json(200, reply));
    expect(await requestBookingLink(access, body)).toEqual({ url: address, id });
  });

  it.each([
    ["no address", { id: "5" }],
    ["an address that runs script", { url: "javascript:alert(1)" }],
    ["another scheme", { url: "ftp://hero.example/s/1" }],
    ["data", { url: "data:text/html,x" }],
    ["credentials in it", { url: "https://portal.example@evil.example/s/1" }],
    ["a space in it", { url: "https://hero.example/s/1 2" }],
    ["a line break in it", { url: "https://hero.example/s/1\r\nx" }],
    ["a path only", { url: "/s/1" }],
    ["two thousand and more characters", { url: `https://hero.example/${"a".repeat(2000)}` }],
    ["a list", [address]],
    ["text", address],
  ])("a created link is rejected with %s", async (_, reply) => {
    hero.respondWith(json(200, reply));
    await expect(requestBookingLink(access, body)).rejects.toMatchObject(unreadableReplyError);
  });
});

describe("the response with a link", () => {
  it("a link may have numeric ids, missing counts and unknown states", async () => {
    hero.respondWith(json(200, { id: 5, status: "ARCHIVED_TWICE", active: null }));
    expect(await getBookingLink(access, "5")).toEqual({ id: "5", active: null });
    hero.respondWith(json(200, { data: [{ id: 5 }, { id: "6", open_count: 0 }], count: "?" }));
    expect((await listBookingLinks(access)).map(({ id }) => id)).toEqual(["5", "6"]);
  });

  it.each([
    ["uses below nought", { id: "5", number_of_uses: -1 }],
    ["half a use", { id: "5", number_of_uses: 0.5 }],
    ["more uses than the ledger can hold", { id: "5", number_of_uses: 2 ** 31 }],
    ["a limit of two and a half", { id: "5", maximum_uses: 2.5 }],
    ["text for a count", { id: "5", open_count: "many" }],
    ["text for yes or no", { id: "5", active: "yes" }],
  ])("a link with %s is rejected", async (_, reply) => {
    hero.respondWith(json(200, reply));
    await expect(getBookingLink(access, "5")).rejects.toMatchObject(unreadableReplyError);
  });
});

describe("responses about a practice", () => {
  it("text with a NUL is rejected, since the database cannot store it", async () => {
    hero.respondWith(json(200, { id: "20417", name: "North\u0000gate" }));
    await expect(getPracticeGroup(access)).rejects.toMatchObject(unreadableReplyError);
  });

  it("unknown capabilities, sectors and elements are accepted", async () => {
    hero.respondWith(json(200, { capabilities: ["sms_messaging", "TELEPATHY"], more: 1 }));
    expect(await getCapabilities(access)).toEqual(["sms_messaging", "TELEPATHY"]);
    hero.respondWith(json(200, { id: 20417, name: "N", sector: "orbital", country: "XX" }));
    expect(await getPracticeGroup(access)).toEqual({ id: "20417", name: "N", sector: "orbital" });
    hero.respondWith(json(200, { data: [{ element: { tag: "hh-new" }, version: 9 }], count: 1 }));
    expect(await listElements(access)).toHaveLength(1);
  });

  it("missing names and long lists are accepted, malformed lists are not", async () => {
    hero.respondWith(json(200, { data: [{ id: "1", title: null }], count: 1 }));
    expect(await listPractitioners(access)).toEqual([{ id: "1", title: null }]);
    const type = { id: "1", name: "T", duration: 10, slot_count: 1, colour: "#fff" };
    hero.respondWith(json(200, { data: Array.from({ length: 3000 }, () => type) }));
    expect(await listAppointmentTypes(access)).toHaveLength(3000);
    for (const reply of [{}, { data: null }, { data: {} }, { data: [null] }, { data: [{}] }, []]) {
      hero.respondWith(json(200, reply));
      await expect(listAppointmentTypes(access)).rejects.toMatchObject(unreadableReplyError);
    }
  });
});

describe("the response to creating a form link", () => {
  it.each([
    ["form_link", { form_link: address, id: "9" }, "9"],
    ["a field nobody guessed", { patient_form: address }, null],
  ])("a created form link is accepted with its address in %s", async (_, reply, id) => {
    hero.respondWith(json(200, reply));
    expect(await requestFormLink(access, { form_id: "1" })).toEqual({ url: address, id });
  });

  it("a form link without a web address is rejected, and may exist", async () => {
    hero.respondWith(json(200, { form_link: "/f/1", id: "9" }));
    await expect(requestFormLink(access, { form_id: "1" })).rejects.toMatchObject(
      unreadableReplyError,
    );
  });
});

describe("the response to creating a video link", () => {
  const body = { patient_id: "1", expiry_date: "2026-12-24" };

  it.each([
    ["video_link", { video_link: address, id: "9" }, "9"],
    ["a field nobody guessed", { room: address }, null],
  ])("a created video link is accepted with its address in %s", async (_, reply, id) => {
    hero.respondWith(json(200, reply));
    expect(await requestVideoLink(access, body)).toEqual({ url: address, id });
  });

  it("a video link without a web address is rejected, and may exist", async () => {
    hero.respondWith(json(200, { video_link: "/v/1", id: "9" }));
    await expect(requestVideoLink(access, body)).rejects.toMatchObject(unreadableReplyError);
  });
});

describe("the response with a link's status", () => {
  it("an unknown link status is accepted", async () => {
    hero.respondWith(json(200, { status: "frozen", type: "video", reference: [{ a: 1 }] }));
    expect(await getLinkStatus(access, { url: address })).toEqual({
      status: "frozen",
      type: "video",
    });
    expect(hero.calls[0]?.url).toBe(`/v1/links/status?url=${encodeURIComponent(address)}`);
  });

  it.each([[{}], [{ status: 1 }], [{ status: "x".repeat(101) }], [[]]])(
    "a link status is rejected as %j",
    async (reply) => {
      hero.respondWith(json(200, reply));
      await expect(getLinkStatus(access, { id: "1" })).rejects.toMatchObject(unreadableReplyError);
    },
  );
});

describe("A7: the response to tracing a patient", () => {
  const body = { nhs_number: "9990000018", dob: "1980-01-01" };

  it.each([
    ["an id", { patient_id: "41" }, { outcome: "found", patientId: "41" }],
    ["an id that is a number", { patient_id: 41, more: 1 }, { outcome: "found", patientId: "41" }],
    [
      "a place to sign in",
      { message: "Sign in.", login_url: address },
      { outcome: "verification_required", loginUrl: address },
    ],
    ["several people", { message: "Several people match." }, { outcome: "not_identified" }],
    ["a queue", { message: "Queued", job_id: "7" }, { outcome: "not_identified" }],
    ["a null id", { message: "?", patient_id: null }, { outcome: "not_identified" }],
    ["a null id and address", { message: "", login_url: null }, { outcome: "not_identified" }],
  ])("tracing a patient is accepted with %s", async (_, reply, expected) => {
    hero.respondWith(json(200, reply));
    expect(await registerPatientPds(access, body)).toEqual(expected);
  });

  it.each([
    ["nothing in it", {}],
    ["a place that runs script", { message: "Sign in.", login_url: "javascript:alert(1)" }],
    ["a place with credentials", { message: "x", login_url: "https://hero.example@evil.example/" }],
    ["an id that is no id", { patient_id: "../41" }],
    ["a list of ids", { patient_id: ["41"] }],
    ["an id and a place to sign in", { patient_id: "41", message: "?", login_url: address }],
    ["a list", [{ patient_id: "41" }]],
  ])("tracing a patient is rejected with %s", async (_, reply) => {
    hero.respondWith(json(200, reply));
    await expect(registerPatientPds(access, body)).rejects.toMatchObject(unreadableReplyError);
  });

  it("tracing is requested once: a person decides whether to retry", async () => {
    hero.respondWith(json(500, {}));
    await expect(registerPatientPds(access, body)).rejects.toMatchObject({
      code: "upstream_failed",
    });
    expect(hero.calls).toHaveLength(1);
    expect(hero.calls[0]?.url).toBe("/v1/patients/register_pds");
  });
});

describe("responses about a patient, a form and free slots", () => {
  it("only fields that a screen needs are kept", async () => {
    const registered = {
      id: 41,
      dob: "1980-01-01T00:00:00Z",
      last_name: "Reid",
      deceased_at: null,
      restricted: true,
      status: "unarchived",
    };
    hero.respondWith(json(200, { ...registered, notes: "private", stripe_id: "cus_1" }));
    expect(await getPatient(access, "41")).toEqual({ ...registered, id: "41" });
  });

  it("questions of an unknown shape are accepted", async () => {
    const fields = [
      { form_question_id: 7, name: "Do you smoke?", type: "radio", options: ["Yes", "No"] },
      {
        form_question_id: "8",
        name: "How often?",
        type: { kind: 1 },
        options: [{ label: "Daily" }],
      },
      { form_question_id: "9", name: "Why?", required: "perhaps", options: { a: 1 } },
    ];
    hero.respondWith(json(200, { id: 5, title: "T", form_type: "sonnet", fields }));
    expect((await fetchForm(access, "5")).fields).toEqual([
      { form_question_id: "7", name: "Do you smoke?", type: "radio", options: ["Yes", "No"] },
      { form_question_id: "8", name: "How often?", type: null, options: ["Daily"] },
      { form_question_id: "9", name: "Why?", required: null, options: null },
    ]);
    hero.respondWith(json(200, { data: [{ id: 5, title: "T" }], count: 1 }));
    expect(await fetchForms(access, { search: "a b&c" })).toEqual([{ id: "5", title: "T" }]);
    expect(hero.calls[0]?.url).toBe("/v1/forms?search=a+b%26c");
  });

  it.each([[{}], [{ count: -1 }], [{ count: "12" }], [{ count: 1.5 }], [12]])(
    "a slot count of %j is rejected",
    async (reply) => {
      hero.respondWith(json(200, reply));
      await expect(fetchSlotCount(access, {})).rejects.toMatchObject(unreadableReplyError);
    },
  );

  it.each(["2027-03-28", "2026-10-25"])(
    "%s, when the clocks change, is requested as a plain date",
    async (day) => {
      hero.respondWith(json(200, { count: 4 }));
      expect(await fetchSlotCount(access, { start_date: day, end_date: day })).toBe(4);
      expect(hero.calls[0]?.url).toBe(`/v1/slots/count?start_date=${day}&end_date=${day}`);
    },
  );
});
