import { randomUUID } from "node:crypto";
import type { BrowserContext, Page } from "@playwright/test";
import { z } from "zod";
import { type App, expect, test } from "./fixtures";
import { selectOption } from "./support/assertions";
import { createPair, signInAs } from "./support/merges";
import { expectLookupResult, lookUpByNhsNumber } from "./support/patient-lookup";
import { fillDateOfBirth } from "./support/patient-pages";

// An NHS practice with many free slots.
test.use({ practiceGroupId: "20417" });
test.setTimeout(180_000);

const recordSchema = z.object({ dob: z.string(), postcode: z.string(), mobile: z.string() });

/** Gives a record a last name that is no word of the portal, and returns what must be found nowhere. */
async function plant(
  app: App,
  practiceGroupId: string,
  { patientId, nhsNumber }: { patientId: string; nhsNumber: string },
  lastName = `Zyxw${randomUUID().replaceAll(/[^a-z]/g, "")}qv`,
) {
  const renamed = await fetch(`${app.demo.sandboxUrl}/_sandbox/patients/${patientId}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ lastName }),
  });
  expect(renamed.ok).toBe(true);
  const reply = await fetch(`${app.demo.sandboxUrl}/v1/patients/${patientId}`, {
    headers: {
      "x-api-key": await app.sandbox.createUniqueKey(practiceGroupId),
      "x-practice-group-id": practiceGroupId,
    },
  });
  const record = recordSchema.parse(await reply.json());
  const digits = nhsNumber.replaceAll(/\D/g, "");
  const [year, month, day] = record.dob.split("-");
  return {
    lastName,
    nhsNumber: digits,
    dateOfBirth: record.dob,
    details: [
      lastName,
      digits,
      digits.replace(/^(...)(...)/, "$1 $2 "),
      record.dob,
      `${day}/${month}/${year}`,
      record.postcode,
      record.postcode.replaceAll(" ", ""),
      record.mobile,
      record.mobile.replaceAll(" ", ""),
    ].map((detail) => detail.toLowerCase()),
  };
}

/** Records what a browser keeps or sends on: titles, addresses, referrers, history, headers, console. */
function recordTraces(context: BrowserContext) {
  const traces: Record<string, string[]> = {
    addresses: [],
    titles: [],
    visited: [],
    historyStates: [],
    headers: [],
    console: [],
  };
  const add = (kind: string, ...texts: string[]) => traces[kind]?.push(...texts);
  context.on("request", (request) => {
    add("addresses", request.url(), request.headers().referer ?? "");
  });
  context.on("response", (response) => add("headers", JSON.stringify(response.headers())));
  context.on("console", (message) => add("console", message.text()));
  const follow = (page: Page) =>
    page.on("framenavigated", (frame) => {
      if (frame === page.mainFrame()) add("visited", frame.url());
    });
  for (const page of context.pages()) follow(page);
  context.on("page", follow);
  return {
    traces,
    /** The title, and the state of this entry of the history, of the page that is shown. */
    async readPage(page: Page): Promise<void> {
      // Next streams a title after the page that it belongs to.
      await expect(page).toHaveTitle(/\w/);
      const { title, state, length } = await page.evaluate(() => ({
        title: document.title,
        state: JSON.stringify(window.history.state),
        length: window.history.length,
      }));
      // Every entry of the history was seen when it was made; the first may be the empty page.
      expect(length).toBeLessThanOrEqual((traces.visited ?? []).length + 1);
      add("titles", title);
      add("historyStates", state);
    },
    async readStorage(page: Page): Promise<void> {
      const stored = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
      );
      traces.storage = [stored, JSON.stringify(await context.cookies())];
    },
  };
}
type Traces = ReturnType<typeof recordTraces>;

/** Expects the traces, and what this test's portal logged, to have none of the details. */
function expectNowhere({ traces }: Traces, details: readonly string[], app: App): void {
  const texts = { ...traces, log: [app.readLogs()] };
  for (const [place, parts] of Object.entries(texts)) {
    const text = parts.join("\n").toLowerCase();
    const found = details.filter(
      (detail) => text.includes(detail) || text.includes(encodeURIComponent(detail)),
    );
    expect({ place, found }).toEqual({ place, found: [] });
  }
  expect((traces.titles ?? []).length).toBeGreaterThan(1);
}

test("c30: finding, connecting and booking a patient leave none of their details in the browser or the log", async ({
  page,
  context,
  app,
  organisation,
}) => {
  const { practiceGroupId, id: practiceId } = organisation.practice;
  const { patientId, searchNhsNumber } = await app.sandbox.createPatientCase(
    practiceGroupId,
    "candidate_differs_in_name",
  );
  const patient = await plant(app, practiceGroupId, {
    patientId: patientId ?? "",
    nhsNumber: searchNhsNumber,
  });
  const recorder = recordTraces(context);
  const patientPath = `${organisation.path}/patients/${practiceId}/${patientId}`;

  await test.step("the look-up", async () => {
    await page.goto(`${organisation.path}/patients`);
    await lookUpByNhsNumber(page, patient);
    await expectLookupResult(page, "Patient found");
    await recorder.readPage(page);
  });

  await test.step("the record, shown and hidden", async () => {
    await page.getByRole("link", { name: "Open record" }).click();
    const identifiers = page.getByRole("region", { name: "Identifiers" });
    await identifiers.getByRole("button", { name: "Show" }).click();
    // What is searched for below was on the screen.
    await expect(identifiers.getByText(patient.lastName)).toBeVisible();
    await recorder.readPage(page);
  });

  await test.step("the clinical record", async () => {
    await page.goto(`${patientPath}/ehr`);
    await fillDateOfBirth(page, patient.dateOfBirth);
    await page.getByRole("button", { name: "Compare records" }).click();
    await expect(page.getByText("Different last name")).toBeVisible();
    await recorder.readPage(page);
  });

  await test.step("an appointment, booked, moved and cancelled", async () => {
    await page.goto(`${patientPath}/book`);
    await selectOption(page.getByLabel("Appointment type"), /^GP appointment/);
    await page.getByLabel("Location").selectOption({ index: 1 });
    await page.getByRole("button", { name: "Next week" }).click();
    const freeTimes = page.getByRole("button", { name: /\d+ free slots?$/ });
    await freeTimes.nth(25).click();
    await page.getByRole("button", { name: "Hold this time" }).click();
    await expect(page.getByText(/^Held until/)).toBeVisible();
    await recorder.readPage(page);
    const reason = page.getByLabel("Reason for the appointment");
    await reason.fill(`Prefers to be called ${patient.lastName}`);
    await page.getByRole("radio", { name: /^No\. Hero sends nothing/ }).check();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Book appointment" }).click();
    await expect(page).toHaveURL(/\/appointments\/[0-9a-f-]{36}$/);
    await recorder.readPage(page);
    await page.getByRole("link", { name: "Move appointment" }).click();
    await expect(page.getByRole("button", { name: "Next week" })).toBeVisible();
    await recorder.readPage(page);
    await page.goto(`${organisation.path}/appointments`);
    await expect(page.getByRole("link", { name: /20\d\d$/ })).toHaveCount(1);
    await recorder.readPage(page);
  });

  await test.step("the activity log", async () => {
    await page.goto(`${organisation.path}/activity`);
    await expect(page.getByText("Showed a patient's identifiers")).toHaveCount(1);
    await expect(page.getByText(patient.lastName)).toHaveCount(0);
    await recorder.readPage(page);
  });

  await recorder.readStorage(page);
  expectNowhere(recorder, patient.details, app);
});

test("c30: comparing and merging two records leave none of their details in the browser or the log", async ({
  app,
  context,
  otherBrowser,
}) => {
  const recorder = recordTraces(context);
  const { page, practice, path } = await signInAs(app, context, "owner");
  const { practiceGroupId } = practice;
  const pair = await createPair(app, practiceGroupId, "mergeable");
  // Records with two names are never compared.
  const { nhsNumber } = pair;
  const first = await plant(app, practiceGroupId, pair);
  const other = await plant(
    app,
    practiceGroupId,
    { patientId: pair.otherPatientId, nhsNumber },
    first.lastName,
  );
  const details = [...first.details, ...other.details];
  await page.goto(`${path}/patients/${practice.id}/${pair.patientId}/merge`);
  await page.getByLabel("Hero patient ID of the other record").fill(pair.otherPatientId);
  await page.getByRole("button", { name: "Compare records" }).click();
  await expect(page.getByText(first.lastName).first()).toBeVisible();
  await recorder.readPage(page);
  await page.getByRole("button", { name: "Request merge" }).click();
  await expect(page).toHaveURL(/\/merges\/[0-9a-f-]{36}$/);
  await recorder.readPage(page);

  const otherContext = await otherBrowser();
  const secondRecorder = recordTraces(otherContext);
  const second = await signInAs(app, otherContext, "admin");
  await second.page.goto(page.url());
  await second.page.getByRole("button", { name: "Compare records" }).click();
  await expect(second.page.getByText(first.lastName).first()).toBeVisible();
  await secondRecorder.readPage(second.page);
  await second.page.getByRole("button", { name: "Approve and merge" }).click();
  await second.page.getByRole("button", { name: "Merge records" }).click();
  await expect(second.page.getByText("Merged", { exact: true }).first()).toBeVisible();
  await secondRecorder.readPage(second.page);
  await second.page.goto(`${second.path}/merges`);
  await secondRecorder.readPage(second.page);

  await recorder.readStorage(page);
  await secondRecorder.readStorage(second.page);
  expectNowhere(recorder, details, app);
  expectNowhere(secondRecorder, details, app);
});
