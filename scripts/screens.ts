import { mkdirSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, expect, type Page } from "@playwright/test";
import { openSandbox, type Sandbox } from "../tests/e2e/support/sandbox";
import { choosePatientById } from "../tests/e2e/support/link-form";
import { inDays, openOffice } from "../tests/e2e/support/office";
import {
  confirmBooking,
  proveBirth,
  signInAsPatient,
  takeFirstTime,
} from "../tests/e2e/support/patient";
import { apiOf, inventPerson, signIn, signUpByApi } from "../tests/e2e/support/people";
import { choose } from "../tests/e2e/support/screen";
import { runningPortal, startPortal } from "../tests/setup/portal";
import { chromiumArguments, findChromium } from "./chromium";
import { elementPictures } from "./screens/elements";
import { at, heading, type Picture, type Show, sizes } from "./screens/picture";

/**
 * Makes a picture of each screen into `docs/screens`, on a portal of its own as the browser tests
 * start it; or on the one that runs with the data folder `PORTAL_DATA_DIR`.
 *
 *     npm run screens            all
 *     npm run screens -- link    those whose name holds "link"
 */

const folder = "docs/screens";
const [only = ""] = process.argv.slice(2);

/** Beyond this a picture says nothing new: the rest of a long list is more of the same. */
const tallest = { desktop: 1500, phone: 2200 } as const;

async function fillOffice(context: BrowserContext, sandbox: Sandbox, portalUrl: string) {
  const api = await apiOf(context, portalUrl);
  const mark = Date.now().toString(36).slice(-5);
  await api.account.createOrganisation.mutate({ name: "Alder Research", slug: `alder-${mark}` });
  const office = await openOffice(api, sandbox, "20417", {
    slug: `fernhill-${mark}`,
    name: "Fernhill Care",
  });
  const { portal, makeLink, apiKey, practice } = office;
  await portal.practices.connect.mutate({
    apiKey: await sandbox.keyOf("kingsway-31"),
    practiceGroupId: "kingsway-31",
    alias: "Kingsway, evenings",
  });
  const { appointmentTypes, locations } = await office.readOptions();
  const typeId = (name: string) => appointmentTypes.find((type) => type.name === name)?.id ?? "";
  const [surgery, branch] = locations;
  const patients = await sandbox.patientsOf(practice.practiceGroupId);
  const [first, second, third] = patients;
  if (!surgery || !branch || !first || !second || !third) throw new Error("The sandbox is empty.");

  const old = await makeLink({
    name: "Website, until September",
    appointmentTypeId: typeId("GP telephone appointment"),
    maximumUses: 200,
  });
  await portal.links.close.mutate({ linkId: old.id });
  await sandbox.breakNext({ operation: "createBookingLink", key: apiKey, status: 400 });
  await makeLink({
    appointmentTypeId: typeId("Travel vaccination"),
    patientId: third.patientId,
    maximumUses: 1,
  });
  const usedUp = await makeLink({
    appointmentTypeId: typeId("Cervical screening"),
    patientId: first.patientId,
    maximumUses: 1,
    expiresOn: inDays(7),
  });
  await sandbox.breakNext({
    operation: "createBookingLink",
    key: apiKey,
    reset: true,
    afterWork: true,
  });
  const unknown = await makeLink({
    name: "Asthma reviews, second letter",
    appointmentTypeId: typeId("Asthma review"),
    maximumUses: 80,
    expiresOn: inDays(30),
  });
  const endsSoon = await makeLink({
    name: "Last blood tests this week",
    appointmentTypeId: typeId("Blood test"),
    locationId: branch.id,
    slotsTo: inDays(5),
    expiresOn: inDays(1),
    maximumUses: 40,
  });
  const invite = await makeLink({
    appointmentTypeId: typeId("GP appointment"),
    patientId: second.patientId,
    maximumUses: 1,
    expiresOn: inDays(7),
  });
  const live = await makeLink({
    name: "Blood tests, autumn letters",
    appointmentTypeId: typeId("Blood test"),
    slotsFrom: inDays(1),
    slotsTo: inDays(30),
    expiresOn: inDays(21),
    maximumUses: 250,
  });
  return { ...office, patients: { first, second, third }, usedUp, unknown, endsSoon, invite, live };
}

type Filled = Awaited<ReturnType<typeof fillOffice>>;

/** Patients open links, and some book; the ledger is read again afterwards. */
async function bookAsPatients(browser: Browser, office: Filled): Promise<void> {
  const { live, usedUp, endsSoon, patients, portal } = office;
  for (const [link, visits] of [
    [live, 9],
    [endsSoon, 31],
  ] as const) {
    for (let visit = 0; visit < visits; visit++) await fetch(link.url ?? "");
  }
  const visit = async (url: string | null, walk: (page: Page) => Promise<void>) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url ?? "");
    await walk(page);
    await confirmBooking(page);
    await context.close();
  };
  for (const patient of [patients.second, patients.third]) {
    await visit(live.url, async (page) => {
      await takeFirstTime(page);
      await signInAsPatient(page, patient);
    });
  }
  await visit(usedUp.url, async (page) => {
    await proveBirth(page, patients.first.dateOfBirth);
    await takeFirstTime(page);
  });
  for (const { id } of [live, usedUp, endsSoon]) await portal.links.refresh.mutate({ linkId: id });
}

const token = "a".repeat(43);

const signedOut: Picture[] = [
  { name: "sign-in", show: at("/sign-in", "Sign in"), dark: true },
  { name: "sign-up", show: at("/sign-up", "Create an account") },
  { name: "forgot-password", show: at("/forgot-password", "Forgot your password?") },
  { name: "verify-email", show: at(`/verify-email?token=${token}`, "Verify your e-mail address") },
  { name: "not-found", show: at("/nothing/here/at-all", "Page not found") },
];

function portalPictures(office: Filled, emptyPath: string, apiKey: string): Picture[] {
  const { path, practice, live, endsSoon, unknown, usedUp, patients } = office;
  const newLink = `${path}/links/new?practice=${practice.id}`;
  return [
    { name: "organisations", show: at("/organisations", "Organisations") },
    { name: "new-organisation", show: at("/new-organisation", "New organisation") },
    { name: "account", show: at("/account", "Your account") },
    { name: "overview-empty", show: at(emptyPath, "Two steps to your first booking") },
    { name: "overview", show: at(path, "Latest links"), dark: true },
    { name: "links-empty", show: at(`${emptyPath}/links`, "No links yet") },
    { name: "links", show: at(`${path}/links`, "Links"), dark: true },
    { name: "link-live", show: at(`${path}/links/${live.id}`, "Live"), dark: true },
    { name: "link-ends-soon", show: at(`${path}/links/${endsSoon.id}`, "Ends soon") },
    { name: "link-used-up", show: at(`${path}/links/${usedUp.id}`, "Used up") },
    { name: "link-unknown", show: at(`${path}/links/${unknown.id}`, "Unknown") },
    { name: "link-edit", show: at(`${path}/links/${live.id}/edit`, "Edit booking link") },
    { name: "new-link-practice", show: at(`${path}/links/new`, "Which practice is it for?") },
    {
      name: "new-link-invite",
      show: async (page) => {
        await page.goto(newLink);
        await page.getByRole("radio", { name: "Patient invite" }).check();
        await choosePatientById(page, patients.second.patientId);
        await choose(page.getByLabel("Appointment type"), /^GP appointment/);
        await page.getByLabel("Location").selectOption({ index: 1 });
      },
    },
    {
      name: "new-link-generic",
      dark: true,
      show: async (page) => {
        await page.goto(`${path}/links/new?from=${live.id}`);
        await expect(page.getByText(/^Anyone registered at/).first()).toBeVisible();
      },
    },
    {
      name: "new-link-errors",
      show: async (page) => {
        await page.goto(newLink);
        await page.getByRole("radio", { name: "Generic link" }).check();
        await page.getByLabel("Bookings").fill("0");
        await page.getByRole("button", { name: "Make the link" }).click();
        await heading(page, "There is a problem");
      },
    },
    { name: "practices", show: at(`${path}/practices`, "Practices") },
    { name: "practice", show: at(`${path}/practices/${practice.id}`, practice.name) },
    {
      name: "practice-replace-key",
      show: async (page) => {
        await page.goto(`${path}/practices/${practice.id}`);
        await page.getByRole("button", { name: "Replace the key" }).click();
        await expect(page.getByRole("dialog").getByLabel("New API key")).toBeVisible();
      },
    },
    {
      name: "connect-refused",
      show: async (page) => {
        await page.goto(`${emptyPath}/practices/connect`);
        await page.getByLabel("API key", { exact: true }).fill(`${apiKey.slice(0, -4)}0000`);
        await page.getByLabel("Practice group id").fill("20533");
        await page.getByRole("button", { name: "Test the connection" }).click();
        await heading(page, "There is a problem");
      },
    },
    {
      name: "connect-report",
      show: async (page) => {
        await page.goto(`${emptyPath}/practices/connect`);
        await page.getByLabel("API key", { exact: true }).fill(apiKey);
        await page.getByLabel("Practice group id").fill("20533");
        await page.getByRole("button", { name: "Test the connection" }).click();
        await heading(page, "Millbrook Health Centre");
      },
    },
    { name: "poster", show: at(`${path}/links/${live.id}/poster`, "Poster"), sizes: ["desktop"] },
    { name: "bulk-new", show: at(`${path}/links/bulk/new`, "New bulk") },
    { name: "bulk-list", show: at(`${path}/links/bulk`, "Bulk links") },
    { name: "settings", show: at(`${path}/settings`, "Settings") },
    { name: "api", show: at(`${path}/settings/api`, "API") },
    { name: "activity", show: at(`${path}/activity`, "Activity"), tallest: 800 },
    {
      name: "palette",
      show: async (page) => {
        await page.goto(path);
        await page.getByRole("button", { name: "Search" }).click();
        await expect(page.getByRole("option", { name: "New booking link" })).toBeVisible();
      },
    },
    {
      name: "menu",
      sizes: ["phone"],
      show: async (page) => {
        await page.goto(path);
        await page.getByRole("button", { name: "Menu" }).click();
        await expect(page.getByRole("dialog", { name: "Menu" })).toBeVisible();
      },
    },
  ];
}

function sandboxPictures(office: Filled, sandbox: Sandbox, inboxUrl: string): Picture[] {
  const { live, invite, usedUp, patients } = office;
  const toReview: Show = async (page) => {
    await page.goto(invite.url ?? "");
    await proveBirth(page, patients.second.dateOfBirth);
    await takeFirstTime(page);
    await heading(page, "Check your booking");
  };
  return [
    { name: "patient-date-of-birth", show: at(invite.url ?? "", "First, your date of birth") },
    { name: "patient-time", show: at(live.url ?? "", "Choose a day and time") },
    {
      name: "patient-sign-in",
      show: async (page) => {
        await page.goto(live.url ?? "");
        await takeFirstTime(page);
        await heading(page, "Sign in");
      },
    },
    { name: "patient-review", show: toReview },
    { name: "patient-dead-link", show: at(usedUp.url ?? "", "This link has been used") },
    { name: "sandbox", show: at(sandbox.url, "Practices to try"), tallest: 800 },
    { name: "sandbox-inbox", show: at(inboxUrl, "Inbox"), tallest: 800 },
  ];
}

/** Takes a picture at each size, and dark ones where they are wanted. */
async function take(openPage: () => Promise<Page>, picture: Picture): Promise<void> {
  const looks = picture.dark ? (["light", "dark"] as const) : (["light"] as const);
  for (const size of picture.sizes ?? (["desktop", "phone"] as const)) {
    const page = await openPage();
    await page.setViewportSize(sizes[size]);
    await picture.show(page);
    const dialog = page.getByRole("dialog").or(page.getByRole("alertdialog"));
    if ((await dialog.count()) === 0) {
      // Long pages are shown whole, up to a point: the window grows, so that what sticks stays put.
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      const most = picture.tallest ?? tallest[size];
      const tall = Math.min(Math.max(height, sizes[size].height), most);
      await page.setViewportSize({ ...sizes[size], height: tall });
    }
    for (const colorScheme of looks) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const name = `${picture.name}-${size}${colorScheme === "dark" ? "-dark" : ""}`;
      await page.screenshot({ path: `${folder}/${name}.png`, animations: "disabled" });
      process.stdout.write(`${name}\n`);
    }
    await page.close();
  }
}

const portal = await startPortal();
const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments });
try {
  mkdirSync(folder, { recursive: true });
  const { demo, url } = runningPortal();
  const sandbox = openSandbox(demo.sandboxUrl);
  const look = {
    baseURL: url,
    locale: "en-GB",
    timezoneId: "Europe/London",
    deviceScaleFactor: 1,
  };
  const person = { ...inventPerson("Nadia Rahman"), email: `nadia.${Date.now()}@fernhill.example` };
  await signUpByApi(url, sandbox, person);
  const owner = await browser.newContext(look);
  await signIn(await owner.newPage(), person);
  const office = await fillOffice(owner, sandbox, url);
  await bookAsPatients(browser, office);
  const emptyPath = `/${office.slug.replace("fernhill", "alder")}/sandbox`;
  const millbrookKey = await sandbox.keyOf("20533");

  const stranger = await browser.newContext(look);
  // Each patient comes with a browser of their own: the sandbox knows them by a cookie.
  const patientPage = async () => (await browser.newContext(look)).newPage();
  const rounds: [() => Promise<Page>, Picture[]][] = [
    [() => stranger.newPage(), signedOut],
    [() => owner.newPage(), portalPictures(office, emptyPath, millbrookKey)],
    [() => owner.newPage(), await elementPictures(office, url)],
    [patientPage, sandboxPictures(office, sandbox, demo.inboxUrl)],
  ];
  for (const [openPage, pictures] of rounds) {
    for (const picture of pictures) {
      if (picture.name.includes(only)) await take(openPage, picture);
    }
  }
} finally {
  await browser.close();
  await portal.stop();
}
