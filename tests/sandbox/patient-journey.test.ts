import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { birthFields, PatientBrowser } from "../support/patient-browser";
import { getCredentials, Sandbox, type SandboxPatient, type SandboxPractice } from "./support";

const createdLinkSchema = z.object({ booking_link: z.url(), id: z.string() });
const linkSchema = z.object({
  active: z.boolean(),
  number_of_uses: z.number(),
  open_count: z.number(),
  expiry_date: z.string().optional(),
});

let sandbox: Sandbox;
let practices: SandboxPractice[];
let own: { key: string; groupId: string };
let patient: SandboxPatient;

beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.reset();
  // A Monday morning, so that a week of free times follows.
  await sandbox.callControl("POST", "/_sandbox/clock", { now: "2027-03-01T07:00:00Z" });
  practices = await sandbox.listPractices();
  own = getCredentials(practices, "Northgate Surgery");
  const registered = (await sandbox.listPatients()).find(
    (candidate) => candidate.patientId === "40101",
  );
  if (!registered) throw new Error("The first test patient is missing");
  patient = registered;
});

async function createLink(fields: Record<string, unknown> = {}, caller = own) {
  const body = { appointment_type_id: "10101", location_id: "20101", ...fields };
  const reply = await sandbox.callApi("POST", "/v1/booking_links", { ...caller, body });
  expect(reply).toMatchObject({ status: 200 });
  return createdLinkSchema.parse(reply.body);
}

async function getLink(id: string) {
  return linkSchema.parse((await sandbox.callApi("GET", `/v1/booking_links/${id}`, own)).body);
}

/** Continues an identified journey to the review. */
async function goToReview(browser: PatientBrowser, base: string): Promise<void> {
  const [slot = ""] = browser.slots();
  await browser.submit(`${base}/time`, { slot });
  expect(browser.heading()).toBe("Before you book");
  await browser.submit(`${base}/before`);
}

describe("an invite", () => {
  it("an invite asks for the date of birth, and books once however often it is confirmed", async () => {
    const { booking_link, id } = await createLink({
      patient_id: patient.patientId,
      maximum_use_count: 1,
    });
    const base = new URL(booking_link).pathname;
    const browser = new PatientBrowser(sandbox);
    await browser.open(booking_link);
    expect(browser.heading()).toBe("First, your date of birth");
    expect(browser.html).not.toContain(patient.lastName);
    await browser.submit(`${base}/identity`, birthFields(patient.dateOfBirth));
    expect(browser.heading()).toBe("Choose a day and time");
    await goToReview(browser, base);
    expect(browser.heading()).toBe("Check your booking");
    const review = browser.html;
    await browser.submit(`${base}/confirm`);
    expect(browser.heading()).toBe("Your appointment is booked");
    browser.html = review;
    await browser.submit(`${base}/confirm`);
    expect(browser.heading()).toBe("Your appointment is booked");
    expect(await getLink(id)).toMatchObject({ number_of_uses: 1, open_count: 1, active: false });
    await browser.open(booking_link);
    expect(browser.heading()).toBe("Your appointment is booked");
    const other = new PatientBrowser(sandbox);
    await other.open(booking_link);
    expect(other).toMatchObject({ status: 410 });
    expect(other.heading()).toBe("This link has been used");
  });

  it("ten wrong dates of birth lock an invite permanently; unreadable ones do not count", async () => {
    const { booking_link, id } = await createLink({ patient_id: patient.patientId });
    const base = new URL(booking_link).pathname;
    const browser = new PatientBrowser(sandbox);
    await browser.open(booking_link);
    await browser.submit(`${base}/identity`, { day: "31", month: "2", year: "1980" });
    expect(browser.html).toContain("Enter a date that exists");
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      await browser.submit(`${base}/identity`, birthFields("1980-01-01"));
      expect(browser.status).toBe(200);
    }
    expect(browser.html).toContain("This is your last try");
    await browser.submit(`${base}/identity`, birthFields("1980-01-01"));
    expect(browser.heading()).toBe("This link is locked");
    const newBrowser = new PatientBrowser(sandbox);
    await newBrowser.open(booking_link);
    expect(newBrowser.heading()).toBe("This link is locked");
    expect(await getLink(id)).toMatchObject({ active: false });
  });

  it("no address skips the date of birth", async () => {
    const { booking_link } = await createLink({ patient_id: patient.patientId });
    const base = new URL(booking_link).pathname;
    const browser = new PatientBrowser(sandbox);
    for (const page of ["before", "sign-in", "review", "done", "form"]) {
      await browser.open(`${base}/${page}`);
      expect(browser.heading()).toBe("First, your date of birth");
    }
    await browser.submit(`${base}/time`, { slot: "1" });
    expect(browser.heading()).toBe("First, your date of birth");
    await browser.submit(`${base}/confirm`);
    expect(browser.heading()).toBe("First, your date of birth");
  });
});

describe("a generic link", () => {
  it("a generic link lets the patient choose a time first and sign in before confirming", async () => {
    const { booking_link, id } = await createLink();
    const base = new URL(booking_link).pathname;
    const browser = new PatientBrowser(sandbox);
    await browser.open(booking_link);
    expect(browser.heading()).toBe("Choose a day and time");
    await goToReview(browser, base);
    expect(browser.heading()).toBe("Sign in");
    await browser.submit(`${base}/sign-in`, {
      "nhs-number": "9990000000",
      ...birthFields(patient.dateOfBirth),
    });
    expect(browser.html).toContain("There is a problem");
    await browser.submit(`${base}/sign-in`, {
      "nhs-number": patient.nhsNumber.replace(/(...)(...)/, "$1 $2 "),
      ...birthFields(patient.dateOfBirth),
    });
    expect(browser.heading()).toBe("Check your booking");
    await browser.submit(`${base}/confirm`);
    expect(browser.heading()).toBe("Your appointment is booked");
    expect(await getLink(id)).toMatchObject({ number_of_uses: 1, active: true });
    const status = await sandbox.callApi("GET", `/v1/links/status?id=${id}`, own);
    expect(status.body).toMatchObject({
      status: "used",
      type: "booking",
      reference: [{ id }, { type: "appointment" }],
    });
  });

  it("a patient of a private practice signs in with email and code", async () => {
    const clinic = getCredentials(practices, "Kingsway Private Clinic");
    const { booking_link } = await createLink(
      { appointment_type_id: "10401", location_id: "20401" },
      clinic,
    );
    const base = new URL(booking_link).pathname;
    const browser = new PatientBrowser(sandbox);
    await browser.open(booking_link);
    await goToReview(browser, base);
    const clinicPatient = (await sandbox.listPatients()).find(
      (candidate) => candidate.practiceGroupId === clinic.groupId,
    );
    await browser.submit(`${base}/sign-in`, { email: clinicPatient?.email ?? "", code: "246810" });
    await browser.submit(`${base}/confirm`);
    expect(browser.heading()).toBe("Your appointment is booked");
  });

  it("a chosen time is released after fifteen minutes", async () => {
    const { booking_link } = await createLink();
    const base = new URL(booking_link).pathname;
    const browser = new PatientBrowser(sandbox);
    await browser.open(booking_link);
    const before = browser.slots();
    await goToReview(browser, base);
    const other = new PatientBrowser(sandbox);
    await other.open(booking_link);
    await sandbox.callControl("POST", "/_sandbox/clock", { advanceMs: 15 * 60_000 + 1_000 });
    await browser.open(`${base}/sign-in`);
    expect(browser.heading()).toBe("Choose a day and time");
    expect(browser.html).toContain("We kept that time for 15 minutes");
    expect(browser.slots()).toEqual(before);
  });

  it("a time goes to only one of two patients", async () => {
    const { booking_link } = await createLink({ practitioner_id: "30101" });
    const base = new URL(booking_link).pathname;
    const [firstBrowser, secondBrowser] = [
      new PatientBrowser(sandbox),
      new PatientBrowser(sandbox),
    ];
    await firstBrowser.open(booking_link);
    await secondBrowser.open(booking_link);
    const [slot = ""] = firstBrowser.slots();
    await firstBrowser.submit(`${base}/time`, { slot });
    expect(firstBrowser.heading()).toBe("Before you book");
    await secondBrowser.submit(`${base}/time`, { slot });
    expect(secondBrowser.html).toContain("Somebody else has just taken that time");
    expect(secondBrowser.slots()).not.toContain(slot);
  });

  it("a form without the page's token returns to the page", async () => {
    const { booking_link } = await createLink();
    const base = new URL(booking_link).pathname;
    const browser = new PatientBrowser(sandbox);
    await browser.open(booking_link);
    const [slot = ""] = browser.slots();
    await browser.submit(`${base}/time`, { slot, token: "guessed" });
    expect(browser.heading()).toBe("Choose a day and time");
  });
});

describe("the life of a link", () => {
  it("a link expires at the end of its last day in London", async () => {
    const { booking_link, id } = await createLink({ expiry_date: "2027-03-28" });
    // The clocks go forward on that day.
    expect((await getLink(id)).expiry_date).toBe("2027-03-28T22:59:59.999Z");
    await sandbox.callControl("POST", "/_sandbox/clock", { now: "2027-03-28T22:59:00Z" });
    expect((await getLink(id)).active).toBe(true);
    const browser = new PatientBrowser(sandbox);
    await browser.open(booking_link);
    expect(browser.status).toBe(200);
    await sandbox.callControl("POST", "/_sandbox/clock", { now: "2027-03-28T23:00:00Z" });
    expect((await getLink(id)).active).toBe(false);
    await browser.open(booking_link);
    expect(browser.status).toBe(410);
    expect(browser.heading()).toBe("This link has expired");
    const listed = await sandbox.callApi("GET", "/v1/short_links?status=expired&type=booking", own);
    expect(listed.body).toMatchObject({ count: 1, data: [{ id, status: "expired" }] });
  });

  it("a link can be edited, and is closed with a past date", async () => {
    const { booking_link, id } = await createLink();
    const updateLink = (body: unknown) =>
      sandbox.callApi("PATCH", `/v1/booking_links/${id}`, { ...own, body });
    expect((await updateLink({ from_date: "2027-03-09", to_date: "2027-03-09" })).status).toBe(200);
    const browser = new PatientBrowser(sandbox);
    await browser.open(booking_link);
    expect(browser.slots().length).toBeGreaterThan(0);
    for (const slot of browser.slots()) expect(slot.slice(10, 16)).toBe("270309");
    expect((await updateLink({ to_date: "2027-03-01" })).status).toBe(400);
    expect((await updateLink({ location_id: "29999" })).status).toBe(404);
    expect((await updateLink({ expiry_date: "2027-02-28" })).status).toBe(200);
    expect((await getLink(id)).active).toBe(false);
  });

  it("opens are counted by browser and not by page", async () => {
    const { booking_link, id } = await createLink();
    const browser = new PatientBrowser(sandbox);
    await browser.open(booking_link);
    await browser.open(booking_link);
    await new PatientBrowser(sandbox).open(booking_link);
    expect((await getLink(id)).open_count).toBe(2);
  });

  it("a link's code cannot be guessed, and a wrong one gets a friendly page", async () => {
    const { booking_link } = await createLink();
    expect(new URL(booking_link).pathname).toMatch(/^\/s\/[0-9A-Za-z]{22}$/);
    const browser = new PatientBrowser(sandbox);
    await browser.open("/s/0000000000000000000000");
    expect(browser.status).toBe(404);
    expect(browser.heading()).toBe("We cannot find this page");
  });

  it("a video link leads to the call, as often as the patient opens it", async () => {
    const created = await sandbox.callApi("POST", "/v1/video_links", {
      ...own,
      body: { patient_id: patient.patientId, expiry_date: "2027-03-21" },
    });
    const { video_link } = z.object({ video_link: z.url() }).parse(created.body);
    const base = new URL(video_link).pathname;
    const browser = new PatientBrowser(sandbox);
    await browser.open(video_link);
    expect(browser.html).toContain("invited you to join a video consultation");
    await browser.open(`${base}/video`);
    expect(browser.heading()).toBe("First, your date of birth");
    await browser.submit(`${base}/identity`, birthFields(patient.dateOfBirth));
    for (const status of ["unused", "used"]) {
      const reply = await sandbox.callApi("GET", `/v1/links/status?url=${video_link}`, own);
      expect(reply.body).toMatchObject({ status, type: "video" });
      await browser.open(video_link);
      expect(browser.heading()).toBe("Your video consultation");
      await browser.submit(`${base}/video`);
      expect(browser.heading()).toBe("You are in the waiting room");
    }
  });

  it("a form link leads to its form", async () => {
    const created = await sandbox.callApi("POST", "/v1/form_links", {
      ...own,
      body: { form_id: "60102", patient_id: patient.patientId },
    });
    const { form_link } = z.object({ form_link: z.url() }).parse(created.body);
    const base = new URL(form_link).pathname;
    const browser = new PatientBrowser(sandbox);
    await browser.open(form_link);
    await browser.submit(`${base}/identity`, birthFields(patient.dateOfBirth));
    expect(browser.html).toContain("How is your asthma?");
    await browser.submit(`${base}/form`);
    expect(browser.heading()).toBe("Thank you, your form is sent");
  });
});
