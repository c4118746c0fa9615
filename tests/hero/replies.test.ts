import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBookingLink, getBookingLink, listBookingLinks } from "@/server/hero/booking-links";
import {
  getCapabilities,
  getPracticeGroup,
  listAppointmentTypes,
  listElements,
  listPractitioners,
} from "@/server/hero/practice";
import { json, makeAccess, startStandIn } from "./stand-in";

let hero: Awaited<ReturnType<typeof startStandIn>>;
const { access } = makeAccess();

beforeAll(async () => {
  hero = await startStandIn();
  process.env.HERO_SANDBOX_URL = hero.url;
});
afterAll(() => hero.stop());

const body = { appointment_type_id: "1", location_id: "1", expiry_date: "2030-01-01" };
const unreadable = { code: "unreadable_reply", isDone: "unknown" };
const address = "https://hero.example/s/abc";

describe("the answer to making a link", () => {
  it.each([
    ["booking_link", { booking_link: address }, null],
    ["short_link", { short_link: address, id: "5" }, "5"],
    ["url", { url: address, id: 5 }, "5"],
    ["link", { link: address, id: null }, null],
    ["a field of another name", { patient_url: address, count: 1, id: "x" }, "x"],
    ["unknown fields beside it", { short_link: address, id: "5", state: "NEW", more: {} }, "5"],
  ])("is read where the address is in %s", async (_, reply, id) => {
    hero.answerWith(json(200, reply));
    expect(await createBookingLink(access, body)).toEqual({ url: address, id });
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
  ])("is not believed with %s", async (_, reply) => {
    hero.answerWith(json(200, reply));
    await expect(createBookingLink(access, body)).rejects.toMatchObject(unreadable);
  });
});

describe("the reading of a link", () => {
  it("takes numbers for ids, missing counts and states of tomorrow", async () => {
    hero.answerWith(json(200, { id: 5, status: "ARCHIVED_TWICE", active: null }));
    expect(await getBookingLink(access, "5")).toEqual({ id: "5", active: null });
    hero.answerWith(json(200, { data: [{ id: 5 }, { id: "6", open_count: 0 }], count: "?" }));
    expect((await listBookingLinks(access)).map(({ id }) => id)).toEqual(["5", "6"]);
  });

  it.each([
    ["uses below nought", { id: "5", number_of_uses: -1 }],
    ["half a use", { id: "5", number_of_uses: 0.5 }],
    ["more uses than the ledger can hold", { id: "5", number_of_uses: 2 ** 31 }],
    ["a limit of two and a half", { id: "5", maximum_uses: 2.5 }],
    ["text for a count", { id: "5", open_count: "many" }],
    ["text for yes or no", { id: "5", active: "yes" }],
  ])("does not take %s", async (_, reply) => {
    hero.answerWith(json(200, reply));
    await expect(getBookingLink(access, "5")).rejects.toMatchObject(unreadable);
  });
});

describe("what is read of a practice", () => {
  it("is not believed with a NUL in it, which the database takes in no text", async () => {
    hero.answerWith(json(200, { id: "20417", name: "North\u0000gate" }));
    await expect(getPracticeGroup(access)).rejects.toMatchObject(unreadable);
  });

  it("has capabilities, sectors and Elements that nobody has heard of", async () => {
    hero.answerWith(json(200, { capabilities: ["sms_messaging", "TELEPATHY"], more: 1 }));
    expect(await getCapabilities(access)).toEqual(["sms_messaging", "TELEPATHY"]);
    hero.answerWith(json(200, { id: 20417, name: "N", sector: "orbital", country: "XX" }));
    expect(await getPracticeGroup(access)).toEqual({ id: "20417", name: "N", sector: "orbital" });
    hero.answerWith(json(200, { data: [{ element: { tag: "hh-new" }, version: 9 }], count: 1 }));
    expect(await listElements(access)).toHaveLength(1);
  });

  it("may have people without names and lists without end, but not lists of nonsense", async () => {
    hero.answerWith(json(200, { data: [{ id: "1", title: null }], count: 1 }));
    expect(await listPractitioners(access)).toEqual([{ id: "1", title: null }]);
    const type = { id: "1", name: "T", duration: 10, slot_count: 1, colour: "#fff" };
    hero.answerWith(json(200, { data: Array.from({ length: 3000 }, () => type) }));
    expect(await listAppointmentTypes(access)).toHaveLength(3000);
    for (const reply of [{}, { data: null }, { data: {} }, { data: [null] }, { data: [{}] }, []]) {
      hero.answerWith(json(200, reply));
      await expect(listAppointmentTypes(access)).rejects.toMatchObject(unreadable);
    }
  });
});
