import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, expect, type Page } from "@playwright/test";
import { createSandboxClient, type SandboxClient } from "../e2e/support/sandbox";
import { choosePatientById } from "../e2e/support/link-form";
import { inDays, createOrganisation } from "../e2e/support/organisation";
import {
  confirmBooking,
  confirmDateOfBirth,
  signInAsPatient,
  selectFirstSlot,
} from "../e2e/support/patient-pages";
import { lookUpByNhsNumber } from "../e2e/support/patient-lookup";
import { createApiClient, createPersonDetails, signIn, signUpByApi } from "../e2e/support/people";
import { selectOption } from "../e2e/support/assertions";
import { getRunningPortal, startPortal } from "@/scripts/test/portal";
import { chromiumArguments, findChromium } from "@/scripts/chromium";
import { elementScreenshots } from "./elements";
import { mergeScreenshots } from "./merges";
import { createDestinations, subscribeToWebhooks, webhookScreenshots } from "./webhooks";
import {
  openAt,
  openWithChart,
  expectHeading,
  type Screenshot,
  type OpenScreen,
  deviceSizes,
} from "./screenshot";

/**
 * Makes a picture of each screen into `docs/screens`, on a portal of its own as the browser tests
 * start it; or on the one that runs with the data folder `PORTAL_DATA_DIR`.
 *
 *     npm run screens            all
 *     npm run screens -- link    those whose name holds "link"
 */

const outputFolder = "docs/screens";
const [nameFilter = ""] = process.argv.slice(2);

/** Beyond this a picture says nothing new: the rest of a long list is more of the same. */
const maxHeights = { desktop: 1500, phone: 2200 } as const;

async function populateOrganisation(
  context: BrowserContext,
  sandbox: SandboxClient,
  portalUrl: string,
) {
  const api = await createApiClient(context, portalUrl);
  const suffix = Date.now().toString(36).slice(-5);
  await api.account.createOrganisation.mutate({ name: "Alder Research", slug: `alder-${suffix}` });
  const organisation = await createOrganisation(api, sandbox, "20417", {
    slug: `fernhill-${suffix}`,
    name: "Fernhill Care",
  });
  const { portal, createLink, apiKey, practice } = organisation;
  await portal.practices.connect.mutate({
    apiKey: await sandbox.createUniqueKey("kingsway-31"),
    practiceGroupId: "kingsway-31",
    nickname: "Kingsway, evenings",
  });
  const { appointmentTypes, locations } = await organisation.readOptions();
  const typeId = (name: string) => appointmentTypes.find((type) => type.name === name)?.id ?? "";
  const [surgery, branch] = locations;
  const patients = await sandbox.listBookablePatients(practice.practiceGroupId);
  const [first, second, third] = patients;
  if (!surgery || !branch || !first || !second || !third) throw new Error("The sandbox is empty.");

  const closedLink = await createLink({
    name: "Website, until September",
    appointmentTypeId: typeId("GP telephone appointment"),
    maxUses: 200,
  });
  await portal.links.close.mutate({ linkId: closedLink.id });
  await sandbox.injectFault({ operation: "createBookingLink", key: apiKey, status: 400 });
  await createLink({
    appointmentTypeId: typeId("Travel vaccination"),
    patientId: third.patientId,
    maxUses: 1,
  });
  const usedUp = await createLink({
    appointmentTypeId: typeId("Cervical screening"),
    patientId: first.patientId,
    maxUses: 1,
    expiresOn: inDays(7),
  });
  await sandbox.injectFault({
    operation: "createBookingLink",
    key: apiKey,
    reset: true,
    afterWork: true,
  });
  const unknown = await createLink({
    name: "Asthma reviews, second letter",
    appointmentTypeId: typeId("Asthma review"),
    maxUses: 80,
    expiresOn: inDays(30),
  });
  const endsSoon = await createLink({
    name: "Last blood tests this week",
    appointmentTypeId: typeId("Blood test"),
    locationId: branch.id,
    slotsTo: inDays(5),
    expiresOn: inDays(1),
    maxUses: 40,
  });
  const invite = await createLink({
    appointmentTypeId: typeId("GP appointment"),
    patientId: second.patientId,
    maxUses: 1,
    expiresOn: inDays(7),
  });
  const live = await createLink({
    name: "Blood tests, autumn letters",
    appointmentTypeId: typeId("Blood test"),
    slotsFrom: inDays(1),
    slotsTo: inDays(30),
    expiresOn: inDays(21),
    maxUses: 250,
  });
  return {
    ...organisation,
    patients: { first, second, third },
    usedUp,
    unknown,
    endsSoon,
    invite,
    live,
    appointmentId: await bookAppointment(organisation, second.patientId, {
      appointmentTypeId: typeId("GP appointment"),
      locationId: surgery.id,
    }),
  };
}

/** Books the next free time for a patient. */
async function bookAppointment(
  { portal, practice }: Pick<Awaited<ReturnType<typeof createOrganisation>>, "portal" | "practice">,
  patientId: string,
  choice: { appointmentTypeId: string; locationId: string },
): Promise<string> {
  const { slot } = await portal.slots.next.query({ practiceId: practice.id, ...choice });
  if (!slot) throw new Error("The sandbox has no free slot.");
  const held = await portal.appointments.reserve.mutate({
    operationId: randomUUID(),
    practiceId: practice.id,
    patientId,
    slotId: slot.id,
    ...choice,
  });
  const { id: appointmentId } = held.appointment ?? {};
  if (!appointmentId) throw new Error("The time was not held.");
  await portal.appointments.book.mutate({
    operationId: randomUUID(),
    appointmentId,
    tellPatient: true,
  });
  return appointmentId;
}

type PopulatedOrganisation = Awaited<ReturnType<typeof populateOrganisation>>;

/** Patients open links, and some book; the ledger is read again afterwards. */
async function bookAsPatients(
  browser: Browser,
  organisation: PopulatedOrganisation,
): Promise<void> {
  const { live, usedUp, endsSoon, patients, portal } = organisation;
  for (const [link, visits] of [
    [live, 9],
    [endsSoon, 31],
  ] as const) {
    for (let visit = 0; visit < visits; visit++) await fetch(link.url ?? "");
  }
  const visit = async (url: string | null, steps: (page: Page) => Promise<void>) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url ?? "");
    await steps(page);
    await confirmBooking(page);
    await context.close();
  };
  for (const patient of [patients.second, patients.third]) {
    await visit(live.url, async (page) => {
      await selectFirstSlot(page);
      await signInAsPatient(page, patient);
    });
  }
  await visit(usedUp.url, async (page) => {
    await confirmDateOfBirth(page, patients.first.dateOfBirth);
    await selectFirstSlot(page);
  });
  for (const { id } of [live, usedUp, endsSoon]) await portal.links.refresh.mutate({ linkId: id });
}

/** Shows the times of next week, because this week may have none left. */
async function openNextWeek(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Next week" }).click();
  await expect(page.getByRole("button", { name: /^\d{1,2}[:.]\d{2}/ }).first()).toBeVisible();
}

const token = "a".repeat(43);

const signedOutScreenshots: Screenshot[] = [
  { name: "sign-in", open: openAt("/sign-in", "Sign in"), hasDarkVersion: true },
  { name: "sign-up", open: openAt("/sign-up", "Create an account") },
  { name: "forgot-password", open: openAt("/forgot-password", "Forgot your password?") },
  {
    name: "verify-email",
    open: openAt(`/verify-email?token=${token}`, "Confirm your email address"),
  },
  { name: "not-found", open: openAt("/nothing/here/at-all", "Page not found") },
];

function portalScreenshots(
  organisation: PopulatedOrganisation,
  emptyPath: string,
  apiKey: string,
): Screenshot[] {
  const { path, practice, live, endsSoon, unknown, usedUp, patients, appointmentId } = organisation;
  const patientPath = `${path}/patients/${practice.id}/${patients.second.patientId}`;
  const newLink = `${path}/links/new?practice=${practice.id}`;
  return [
    { name: "organisations", open: openAt("/organisations", "Organisations") },
    { name: "new-organisation", open: openAt("/new-organisation", "New organisation") },
    { name: "account", open: openAt("/account", "Your account") },
    { name: "overview-empty", open: openAt(emptyPath, "Two steps to your first booking") },
    { name: "overview", open: openWithChart(path), hasDarkVersion: true },
    { name: "links-empty", open: openAt(`${emptyPath}/links`, "Connect a practice first") },
    { name: "links", open: openAt(`${path}/links`, "Links"), hasDarkVersion: true },
    { name: "link-live", open: openAt(`${path}/links/${live.id}`, "Live"), hasDarkVersion: true },
    { name: "link-ends-soon", open: openAt(`${path}/links/${endsSoon.id}`, "Ends soon") },
    { name: "link-used-up", open: openAt(`${path}/links/${usedUp.id}`, "Booked") },
    { name: "link-unknown", open: openAt(`${path}/links/${unknown.id}`, "Unknown") },
    { name: "link-edit", open: openAt(`${path}/links/${live.id}/edit`, "Edit booking link") },
    { name: "new-link-practice", open: openAt(`${path}/links/new`, "Select a practice") },
    {
      name: "new-link-invite",
      open: async (page) => {
        await page.goto(newLink);
        await page.getByRole("radio", { name: "Patient invite" }).check();
        await choosePatientById(page, patients.second);
        await selectOption(page.getByLabel("Appointment type"), /^GP appointment/);
        await page.getByLabel("Location").selectOption({ index: 1 });
      },
    },
    {
      name: "new-link-generic",
      hasDarkVersion: true,
      open: async (page) => {
        await page.goto(`${path}/links/new?from=${live.id}`);
        await expect(page.getByText(/^Anyone registered at/).first()).toBeVisible();
      },
    },
    {
      name: "new-link-errors",
      open: async (page) => {
        await page.goto(newLink);
        await page.getByRole("radio", { name: "Generic link" }).check();
        await page.getByLabel("Number of bookings").fill("0");
        await page.getByRole("button", { name: "Create link" }).click();
        await expectHeading(page, "There is a problem");
      },
    },
    { name: "practices", open: openAt(`${path}/practices`, "Practices") },
    { name: "practice", open: openAt(`${path}/practices/${practice.id}`, practice.name) },
    {
      name: "practice-replace-key",
      open: async (page) => {
        await page.goto(`${path}/practices/${practice.id}`);
        await page.getByRole("button", { name: "Replace key" }).click();
        await expect(page.getByRole("dialog").getByLabel("New API key")).toBeVisible();
      },
    },
    {
      name: "connect-refused",
      open: async (page) => {
        await page.goto(`${emptyPath}/practices/connect`);
        await page.getByLabel("API key", { exact: true }).fill("not-a-key-of-this-practice");
        await page.getByLabel("Practice group ID").fill("20533");
        await page.getByRole("button", { name: "Test connection" }).click();
        await expectHeading(page, "There is a problem");
      },
    },
    {
      name: "connect-report",
      open: async (page) => {
        await page.goto(`${emptyPath}/practices/connect`);
        await page.getByLabel("API key", { exact: true }).fill(apiKey);
        await page.getByLabel("Practice group ID").fill("20533");
        await page.getByRole("button", { name: "Test connection" }).click();
        await expectHeading(page, "Millbrook Health Centre");
      },
    },
    { name: "patients", open: openAt(`${path}/patients`, "Find a patient") },
    {
      name: "patient-found",
      open: async (page) => {
        await page.goto(`${path}/patients?practice=${practice.id}`);
        await lookUpByNhsNumber(page, patients.second);
        await expect(page.getByRole("link", { name: "Open record" })).toBeVisible();
      },
    },
    { name: "patient-record", open: openAt(patientPath, "Patient"), hasDarkVersion: true },
    {
      name: "patient-clinical-record",
      open: openAt(`${patientPath}/ehr`, "Connect to the clinical record"),
    },
    {
      name: "patient-book",
      hasDarkVersion: true,
      open: async (page) => {
        await page.goto(`${patientPath}/book`);
        await selectOption(page.getByLabel("Appointment type"), /^GP appointment/);
        await page.getByLabel("Location").selectOption({ index: 1 });
        await openNextWeek(page);
      },
    },
    { name: "appointments", open: openAt(`${path}/appointments`, "Appointments") },
    {
      name: "appointment",
      open: openAt(`${path}/appointments/${appointmentId}`, "Appointment"),
      hasDarkVersion: true,
    },
    {
      name: "appointment-move",
      open: async (page) => {
        await page.goto(`${path}/appointments/${appointmentId}/reschedule`);
        await openNextWeek(page);
      },
    },
    {
      name: "results",
      open: openWithChart(`${path}/results?group=appointment_type`),
      hasDarkVersion: true,
    },
    {
      name: "poster",
      open: openAt(`${path}/links/${live.id}/poster`, "Poster"),
      devices: ["desktop"],
    },
    { name: "bulk-upload-new", open: openAt(`${path}/links/bulk-uploads/new`, "New bulk upload") },
    { name: "bulk-upload-list", open: openAt(`${path}/links/bulk-uploads`, "Bulk uploads") },
    { name: "settings", open: openAt(`${path}/settings`, "Settings") },
    { name: "api", open: openAt(`${path}/settings/api`, "API documentation") },
    { name: "activity", open: openAt(`${path}/activity`, "Activity"), maxHeight: 800 },
    {
      name: "palette",
      open: async (page) => {
        await page.goto(path);
        await page.getByRole("button", { name: "Search" }).click();
        await expect(page.getByRole("option", { name: "New link" })).toBeVisible();
      },
    },
    {
      name: "menu",
      devices: ["phone"],
      open: async (page) => {
        await page.goto(path);
        await page.getByRole("button", { name: "Menu" }).click();
        await expect(page.getByRole("dialog", { name: "Menu" })).toBeVisible();
      },
    },
  ];
}

function sandboxScreenshots(
  organisation: PopulatedOrganisation,
  sandbox: SandboxClient,
  inboxUrl: string,
): Screenshot[] {
  const { live, invite, usedUp, patients } = organisation;
  const openReview: OpenScreen = async (page) => {
    await page.goto(invite.url ?? "");
    await confirmDateOfBirth(page, patients.second.dateOfBirth);
    await selectFirstSlot(page);
    await expectHeading(page, "Check your booking");
  };
  return [
    { name: "patient-date-of-birth", open: openAt(invite.url ?? "", "First, your date of birth") },
    { name: "patient-time", open: openAt(live.url ?? "", "Choose a day and time") },
    {
      name: "patient-sign-in",
      open: async (page) => {
        await page.goto(live.url ?? "");
        await selectFirstSlot(page);
        await expectHeading(page, "Sign in");
      },
    },
    { name: "patient-review", open: openReview },
    { name: "patient-dead-link", open: openAt(usedUp.url ?? "", "This link has been used") },
    { name: "sandbox", open: openAt(sandbox.url, "Test practices"), maxHeight: 800 },
    { name: "sandbox-inbox", open: openAt(inboxUrl, "Inbox"), maxHeight: 800 },
  ];
}

/** Takes a picture at each size, and dark ones where they are wanted. */
async function takeScreenshot(
  openPage: () => Promise<Page>,
  screenshot: Screenshot,
): Promise<void> {
  const colorSchemes = screenshot.hasDarkVersion
    ? (["light", "dark"] as const)
    : (["light"] as const);
  for (const device of screenshot.devices ?? (["desktop", "phone"] as const)) {
    const page = await openPage();
    await page.setViewportSize(deviceSizes[device]);
    await screenshot.open(page);
    // Parts that load after the page say so.
    await expect(page.getByText(/^(Loading|Reading|Counting)\b.*…$/)).toHaveCount(0, {
      timeout: 20_000,
    });
    const dialog = page.getByRole("dialog").or(page.getByRole("alertdialog"));
    if ((await dialog.count()) === 0) {
      // Long pages are shown whole, up to a point: the window grows, so that what sticks stays put.
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      const maxHeight = screenshot.maxHeight ?? maxHeights[device];
      const viewportHeight = Math.min(Math.max(height, deviceSizes[device].height), maxHeight);
      await page.setViewportSize({ ...deviceSizes[device], height: viewportHeight });
      // Filling in a form may have scrolled it.
      await page.evaluate(() => window.scrollTo(0, 0));
    }
    for (const colorScheme of colorSchemes) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const name = `${screenshot.name}-${device}${colorScheme === "dark" ? "-dark" : ""}`;
      await page.screenshot({ path: `${outputFolder}/${name}.png`, animations: "disabled" });
      process.stdout.write(`${name}\n`);
    }
    await page.close();
  }
}

const portal = await startPortal();
const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments });
try {
  mkdirSync(outputFolder, { recursive: true });
  const runningPortal = getRunningPortal();
  const { demo, url } = runningPortal;
  const sandbox = createSandboxClient(demo.sandboxUrl);
  const contextOptions = {
    baseURL: url,
    locale: "en-GB",
    timezoneId: "Europe/London",
    deviceScaleFactor: 1,
  };
  const person = {
    ...createPersonDetails("Nadia Rahman"),
    email: `nadia.${Date.now()}@fernhill.example`,
  };
  await signUpByApi(url, sandbox, person);
  const ownerContext = await browser.newContext(contextOptions);
  await signIn(await ownerContext.newPage(), person);
  const organisation = await populateOrganisation(ownerContext, sandbox, url);
  const destinations = await createDestinations(organisation);
  await subscribeToWebhooks(organisation);
  await bookAsPatients(browser, organisation);
  const emptyPath = `/${organisation.slug.replace("fernhill", "alder")}/sandbox`;
  const millbrookKey = await sandbox.createUniqueKey("20533");

  const adminContext = await browser.newContext(contextOptions);
  const signedOutContext = await browser.newContext(contextOptions);
  // Each patient comes with a browser of their own: the sandbox knows them by a cookie.
  const openPatientPage = async () => (await browser.newContext(contextOptions)).newPage();
  const batches: [() => Promise<Page>, Screenshot[]][] = [
    [() => signedOutContext.newPage(), signedOutScreenshots],
    [() => ownerContext.newPage(), portalScreenshots(organisation, emptyPath, millbrookKey)],
    [() => ownerContext.newPage(), await elementScreenshots(organisation, url)],
    [
      () => ownerContext.newPage(),
      await webhookScreenshots(organisation, destinations.destinationId),
    ],
    [
      () => adminContext.newPage(),
      await mergeScreenshots(
        { ...runningPortal, sandbox },
        await browser.newContext(contextOptions),
        adminContext,
      ),
    ],
    [openPatientPage, sandboxScreenshots(organisation, sandbox, demo.inboxUrl)],
  ];
  for (const [openPage, screenshots] of batches) {
    for (const screenshot of screenshots) {
      if (screenshot.name.includes(nameFilter)) await takeScreenshot(openPage, screenshot);
    }
  }
  await destinations.stop();
} finally {
  await browser.close();
  await portal.stop();
}
