import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appointmentStateOf } from "@/server/hero/appointment-state";
import {
  bookAppointment,
  cancelAppointment,
  createAppointment,
  editAppointment,
  getAppointment,
  getAppointmentStatus,
  type NewReservation,
  rescheduleAppointment,
} from "@/server/hero/appointments";
import {
  getConfiguration,
  getPracticeGroup,
  getPractitioner,
  type PracticeDetailsChange,
  updatePracticeGroup,
} from "@/server/hero/practice";
import { fetchSlots, getSlot } from "@/server/hero/slots";
import {
  createAccess,
  json,
  neverRespond,
  resetConnection,
  startFakeHero,
  text,
} from "./fake-hero";

let hero: Awaited<ReturnType<typeof startFakeHero>>;
const { access } = createAccess();

beforeAll(async () => {
  hero = await startFakeHero();
  process.env.HERO_SANDBOX_URL = hero.url;
  process.env.HERO_TIMEOUT_MS = "2000";
});
afterAll(() => hero.stop());

const unreadableReply = { code: "unreadable_reply", writeOutcome: "unknown" };
const slot = (id: unknown, changes: object = {}) => ({
  id,
  practitioner_id: "3",
  appointment_type_id: "1",
  location_id: "2",
  start_time: "2027-03-01T09:00:00Z",
  finish_time: "2027-03-01T09:15:00Z",
  ...changes,
});
const page = (ids: string[], count: number | null = ids.length) =>
  json(200, { data: ids.map((id) => slot(id)), count });

describe("the list of free slots", () => {
  it("times are in UTC, and the duration is from start to finish", async () => {
    const times = {
      start_time: "2027-03-28T02:30:00+01:00",
      finish_time: "2027-03-28T03:10:00.000+01:00",
      colour: "green",
    };
    hero.respondWith(json(200, slot(7, times)));
    expect(await getSlot(access, "7")).toEqual({
      ...slot("7"),
      start_time: "2027-03-28T01:30:00.000Z",
      finish_time: "2027-03-28T02:10:00.000Z",
      duration: 40,
    });
  });

  it.each([
    ["no start", { start_time: null }],
    ["a date for a start", { start_time: "2027-03-01" }],
    ["a time without a zone", { start_time: "2027-03-01T09:00:00" }],
    ["no practitioner", { practitioner_id: undefined }],
    ["a finish before its start", { finish_time: "2027-03-01T08:00:00Z" }],
    ["a finish at its start", { finish_time: "2027-03-01T09:00:00Z" }],
    ["half a minute", { finish_time: "2027-03-01T09:15:30Z" }],
    ["another ID", { id: "8" }],
  ])("a slot with %s is rejected", async (_, changes) => {
    hero.respondWith(json(200, slot("7", changes)));
    await expect(getSlot(access, "7")).rejects.toMatchObject(unreadableReply);
  });

  it.each([
    ["an empty page follows", [page(["1", "2"]), page([])], ["1", "2"], true],
    ["there is none", [page([])], [], true],
    ["the count is the total", [page(["1", "2"], 3), page(["3"], 3)], ["1", "2", "3"], true],
    ["pages count from 1", [page(["1"]), page(["1"]), page(["2"]), page([])], ["1", "2"], true],
    ["a page is empty before the count is reached", [page(["1"], 3), page([], 3)], ["1"], false],
    ["an empty page says that there are some", [page([], 4)], [], false],
    ["the page number is ignored", [page(["1"]), page(["1"]), page(["1"])], ["1"], false],
    ["a later page is refused", [page(["1"], 2), json(403, {})], ["1"], false],
    ["a later page is malformed", [page(["1"], 2), text(200, "<html>")], ["1"], false],
  ])("slots are read until the list ends: %s", async (_, responses, ids, isComplete) => {
    hero.respondWith(...responses);
    const result = await fetchSlots(access, {});
    expect({ ...result, slots: result.slots.map(({ id }) => id) }).toEqual({
      slots: ids,
      isComplete,
    });
    expect(hero.calls).toHaveLength(responses.length);
  });

  it("a list without an end is not complete, and its reading ends", async () => {
    let next = 0;
    hero.respondWith((reply) => {
      next += 1;
      reply.writeHead(200).end(JSON.stringify({ data: [slot(String(next))], count: null }));
    });
    const { slots, isComplete } = await fetchSlots(access, {});
    expect(isComplete).toBe(false);
    expect(slots).toHaveLength(30);
  });

  it("the first page's failure is an error, not an empty list", async () => {
    hero.respondWith(json(403, {}));
    await expect(fetchSlots(access, {})).rejects.toMatchObject({ code: "forbidden" });
  });

  it("slots that do not match the filters are dropped, and the last date is included", async () => {
    const filters = {
      appointment_type_id: "1",
      location_id: "2",
      practitioner_id: "3",
      start_date: "2027-03-28",
      end_date: "2027-03-28",
    };
    const at = (id: string, start: string, changes: object = {}) => {
      const finish_time = new Date(Date.parse(start) + 600_000).toISOString();
      return slot(id, { start_time: start, finish_time, ...changes });
    };
    const data = [
      at("last", "2027-03-28T22:30:00Z"),
      at("first", "2027-03-28T00:00:00Z"),
      at("before", "2027-03-27T23:50:00Z"),
      // Half past midnight on the 29th: the clocks went forward.
      at("after", "2027-03-28T23:30:00Z"),
      at("type", "2027-03-28T09:00:00Z", { appointment_type_id: "9" }),
      at("location", "2027-03-28T09:00:00Z", { location_id: "9" }),
      at("practitioner", "2027-03-28T09:00:00Z", { practitioner_id: "9" }),
    ];
    hero.respondWith(json(200, { data, count: data.length }), page([]));
    const { slots, isComplete } = await fetchSlots(access, filters);
    expect(slots.map(({ id }) => id)).toEqual(["first", "last"]);
    expect(isComplete).toBe(true);
    const { searchParams } = new URL(hero.calls[0]?.url ?? "", hero.url);
    expect(Object.fromEntries(searchParams)).toEqual({
      ...filters,
      end_date: "2027-03-29",
      page_index: "0",
      page_size: "100",
    });
  });
});

const reservation: NewReservation = {
  appointment_type_id: "1",
  location_id: "2",
  practitioner_id: "3",
  start_time: "2027-03-01T09:00:00.000Z",
  duration: 15,
};

describe("reserving a slot", () => {
  it.each([
    ["a time", "2027-03-01T09:15:00+01:00", "2027-03-01T08:15:00.000Z"],
    ["null", null, null],
    ["nothing", undefined, null],
    ["text", "soon", null],
  ])("the ID is kept when the end of the hold is %s", async (_, reserved_until, expected) => {
    hero.respondWith(json(200, { id: 7, reserved_until }));
    expect(await createAppointment(access, reservation)).toEqual({
      id: "7",
      reserved_until: expected,
    });
  });

  it("no field beside those of the type is sent", async () => {
    hero.respondWith(json(200, { id: "7", reserved_until: null }));
    const wider = { ...reservation, suppress_availability_check: true, billpayer_id: "1" };
    await createAppointment(access, wider);
    expect(JSON.parse(hero.calls[0]?.body ?? "")).toEqual(reservation);
  });

  it.each([
    ["a lost connection", resetConnection, "connection_lost"],
    ["silence", neverRespond, "timed_out"],
    ["a failure of Hero's", json(502, {}), "upstream_failed"],
    ["a reply without an ID", json(200, { reserved_until: null }), "unreadable_reply"],
    ["a reply that is no JSON", text(200, "<html>"), "unreadable_reply"],
  ])("after %s the reservation may exist, and is not requested again", async (_, respond, code) => {
    hero.respondWith(respond);
    await expect(createAppointment(access, reservation)).rejects.toMatchObject({
      code,
      writeOutcome: "unknown",
    });
    expect(hero.calls).toHaveLength(1);
  });

  it.each([
    [400, "bad_request"],
    [409, "conflict"],
  ])("a slot that is taken (%i) holds nothing", async (status, code) => {
    hero.respondWith(json(status, {}));
    await expect(createAppointment(access, reservation)).rejects.toMatchObject({
      code,
      writeOutcome: "no",
    });
  });
});

const booked = {
  id: "7",
  practitioner_id: "3",
  location_id: "2",
  appointment_type_id: "1",
  start_time: "2027-03-01T09:00:00Z",
  reserved_until: null,
  booking_confirmed_at: "2027-02-01T09:00:00Z",
};

describe("an appointment", () => {
  it("what Hero does not say is null, and fields that are not used are dropped", async () => {
    const more = { video: true, link_id: 5, video_url: "https://video.example/secret", note: "x" };
    hero.respondWith(json(200, { ...booked, ...more }));
    expect(await getAppointment(access, "7")).toEqual({
      ...booked,
      start_time: "2027-03-01T09:00:00.000Z",
      booking_confirmed_at: "2027-02-01T09:00:00.000Z",
      patient_id: null,
      duration: null,
      video: true,
      in_person: null,
      telephone: null,
      link_id: "5",
      can_be_cancelled: null,
      can_be_rescheduled: null,
      cancellation_policy_hours: null,
      suppress_mail: null,
    });
  });

  it.each([
    ["another ID", { id: "8" }],
    ["no word on its confirmation", { booking_confirmed_at: undefined }],
    ["no word on its hold", { reserved_until: undefined }],
    ["no practitioner", { practitioner_id: null }],
    ["text for yes or no", { can_be_cancelled: "yes" }],
    ["a duration of nought", { duration: 0 }],
  ])("an appointment with %s is rejected", async (_, changes) => {
    hero.respondWith(json(200, { ...booked, ...changes }));
    await expect(getAppointment(access, "7")).rejects.toMatchObject(unreadableReply);
  });

  it.each([
    ["reserved", null, "reserved"],
    ["BOOKED", "2027-02-01T09:00:00Z", "booked"],
    ["Confirmed", "2027-02-01T09:00:00Z", "booked"],
    ["canceled", "2027-02-01T09:00:00Z", "cancelled"],
    ["cancelled", null, "cancelled"],
    ["expired", null, "lapsed"],
    ["booked", null, "unknown"],
    ["reserved", "2027-02-01T09:00:00Z", "unknown"],
    ["arrived", "2027-02-01T09:00:00Z", "unknown"],
    ["constructor", null, "unknown"],
  ])("an appointment of status %s, confirmed at %s, is %s", async (status, confirmed, state) => {
    hero.respondWith(json(200, { status }));
    const word = await getAppointmentStatus(access, "7");
    expect(word).toBe(status);
    expect(appointmentStateOf({ booking_confirmed_at: confirmed }, word)).toBe(state);
  });

  const time = { start_time: reservation.start_time, duration: 15, practitioner_id: "3" };
  const wider = { suppress_availability_check: true, suppress_mail: true };
  it.each([
    ["edited", "PUT", "", () => editAppointment(access, "7", { ...time, ...wider }), time],
    ["booked", "PATCH", "/book", () => bookAppointment(access, "7", { ...wider }), {}],
    ["cancelled", "PATCH", "/cancel", () => cancelAppointment(access, "7", { ...wider }), {}],
    [
      "rescheduled",
      "PATCH",
      "/reschedule",
      () => rescheduleAppointment(access, "7", { ...time, ...wider }),
      time,
    ],
  ])("an appointment is %s once, whatever the reply has", async (_, method, path, change, body) => {
    hero.respondWith(text(204, ""));
    await change();
    expect(hero.calls).toMatchObject([{ method, url: `/v1/appointments/7${path}` }]);
    expect(JSON.parse(hero.calls[0]?.body ?? "")).toEqual({ ...body, suppress_mail: true });
    hero.respondWith(resetConnection);
    await expect(change()).rejects.toMatchObject({ writeOutcome: "unknown" });
    expect(hero.calls).toHaveLength(1);
  });
});

describe("a practice's settings and details", () => {
  it("settings are read by name, without anything that has the name of a secret", async () => {
    hero.respondWith(
      json(200, {
        booking: { hold_minutes: 15, days: ["Monday", "Tuesday"], note: null, isOn: true },
        prescription_partner_credentials: { email: "a@b.example", password: "canary" },
        nested: { apiKey: "canary", access_token: "canary", PASSWORD: "canary", colour: "red" },
      }),
    );
    expect(await getConfiguration(access)).toEqual([
      { path: ["booking", "hold_minutes"], value: 15 },
      { path: ["booking", "days", "0"], value: "Monday" },
      { path: ["booking", "days", "1"], value: "Tuesday" },
      { path: ["booking", "note"], value: null },
      { path: ["booking", "isOn"], value: true },
      { path: ["nested", "colour"], value: "red" },
    ]);
  });

  it("only the name and the lines of the address are ever sent", async () => {
    const wider: PracticeDetailsChange & Record<string, unknown> = {
      name: "N",
      address: { line_1: "1 High Street", postcode: "AB1 2CD", ...{ country: "XX" } },
      prescription_partner_enabled: false,
      prescription_partner_credentials: { password: "canary" },
    };
    hero.respondWith(text(204, ""));
    await updatePracticeGroup(access, wider);
    expect(JSON.parse(hero.calls[0]?.body ?? "")).toEqual({
      name: "N",
      address: { line_1: "1 High Street", postcode: "AB1 2CD" },
    });
  });

  it("an address of another shape leaves the practice readable", async () => {
    const practice = { id: "20417", name: "N" };
    hero.respondWith(
      json(200, { ...practice, address: { line_1: "1 High Street", country: "X" } }),
    );
    expect(await getPracticeGroup(access)).toMatchObject({ address: { line_1: "1 High Street" } });
    hero.respondWith(json(200, { ...practice, address: "1 High Street" }));
    expect(await getPracticeGroup(access)).toEqual({ ...practice, address: null });
  });

  it("a practitioner with another ID is rejected", async () => {
    hero.respondWith(json(200, { id: 3, last_name: "Okafor", colour: "red" }));
    expect(await getPractitioner(access, "3")).toEqual({ id: "3", last_name: "Okafor" });
    await expect(getPractitioner(access, "4")).rejects.toMatchObject(unreadableReply);
  });
});
