import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, type App, test as base } from "./fixtures";
import { type SampleOrganisation, createSampleOrganisation } from "./support/sample-organisation";
import { createLinkButton, stateHeading } from "./support/link-form";
import { confirmDateOfBirth, selectFirstSlot } from "./support/patient-pages";
import { createApiClient, createPersonDetails, signIn } from "./support/people";
import { expectAccessible, expectNoHorizontalScroll } from "./support/assertions";
import type { PageMonitor } from "./support/page-monitor";

type WorkerFixtures = {
  /** Created once for each worker; these tests change nothing. */
  sample: SampleOrganisation;
  /** The path of an empty organisation. */
  emptyPath: string;
};

// One practice for each worker, so that neither uses up the other's faults.
const practices = ["kingsway-31", "30298"];

const test = base.extend<object, WorkerFixtures>({
  sample: [
    async ({ browser, app, owner }, use, { parallelIndex }) => {
      const context = await browser.newContext({ storageState: owner.storageState });
      const api = await createApiClient(context, app.url);
      const practiceGroupId = practices[parallelIndex % practices.length] ?? "";
      await use(
        await createSampleOrganisation(api, app.sandbox, {
          practiceGroupId,
          secondGroupId: "30297",
        }),
      );
      await context.close();
    },
    { scope: "worker" },
  ],
  emptyPath: [
    async ({ browser, app, owner }, use) => {
      const context = await browser.newContext({ storageState: owner.storageState });
      const { account } = await createApiClient(context, app.url);
      const slug = `empty-${randomUUID().slice(0, 13)}`;
      await account.createOrganisation.mutate({ name: "Not Begun Yet", slug });
      await use(`/${slug}/sandbox`);
      await context.close();
    },
    { scope: "worker" },
  ],
});

test.describe.configure({ mode: "parallel" });

type ScreenContext = {
  page: Page;
  app: App;
  sample: SampleOrganisation;
  emptyPath: string;
  pageMonitor: PageMonitor;
};
type Screen = {
  name: string;
  title: string | RegExp;
  /** Opens the screen and waits until it is complete. */
  open: (context: ScreenContext) => Promise<unknown>;
};

/**
 * Checks a screen at 1280 px, at phone widths of 375 and 320 px, and at 1280 px zoomed to 400 %, in light
 * and dark mode. Motion is off, so that no transition is caught midway.
 */
async function expectScreen(page: Page): Promise<void> {
  const light = { colorScheme: "light", reducedMotion: "reduce" } as const;
  const dark = { ...light, colorScheme: "dark" } as const;
  for (const [width, height, phone] of [
    [1280, 900, false],
    [375, 700, true],
    [320, 640, true],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expectNoHorizontalScroll(page);
    // The two phone widths look alike: one is checked in dark mode, the other in light mode.
    if (!phone || width === 320) {
      await page.emulateMedia(light);
      await expectAccessible(page);
    }
    if (!phone || width === 375) {
      await page.emulateMedia(dark);
      await expectAccessible(page, "visual");
    }
  }
  await page.setViewportSize({ width: 320, height: 225 });
  await expectNoHorizontalScroll(page);
}

async function expectTitle(
  page: Page,
  title: string | RegExp,
  sample: SampleOrganisation,
): Promise<void> {
  await expect(page).toHaveTitle(title);
  const actualTitle = await page.title();
  for (const { firstName, lastName, patientId, nhsNumber } of sample.patients) {
    for (const secret of [firstName, lastName, patientId, nhsNumber]) {
      expect(actualTitle).not.toContain(secret);
    }
  }
}

const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { name }).first();
const portalTitle = (name: string) => `${name} – Partner Portal`;

async function goTo(page: Page, path: string, expectedHeading: string | RegExp): Promise<void> {
  await page.goto(path);
  await expect(heading(page, expectedHeading)).toBeAttached();
}

const token = "a".repeat(43);

const signedOutScreens: Screen[] = [
  {
    name: "sign in",
    title: portalTitle("Sign in"),
    open: ({ page }) => goTo(page, "/sign-in", "Sign in"),
  },
  {
    name: "sign in, refused",
    title: portalTitle("Sign in"),
    open: async ({ page }) => {
      await goTo(page, "/sign-in", "Sign in");
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(heading(page, "There is a problem")).toBeVisible();
    },
  },
  {
    name: "sign up",
    title: portalTitle("Create an account"),
    open: ({ page }) => goTo(page, "/sign-up", "Create an account"),
  },
  {
    name: "sign up, message on its way",
    title: portalTitle("Create an account"),
    open: async ({ page }) => {
      const { name, email, password } = createPersonDetails();
      await page.goto("/sign-up");
      await page.getByLabel("Your name").fill(name);
      await page.getByLabel("Email address").fill(email);
      await page.getByLabel("Password", { exact: true }).fill(password);
      await page.getByRole("button", { name: "Create account" }).click();
      await expect(heading(page, "Check your email")).toBeVisible();
    },
  },
  {
    name: "forgot password",
    title: portalTitle("Forgot your password"),
    open: ({ page }) => goTo(page, "/forgot-password", "Forgot your password?"),
  },
  {
    name: "verify address",
    title: portalTitle("Confirm your email address"),
    open: ({ page }) => goTo(page, `/verify-email?token=${token}`, "Confirm your email address"),
  },
  {
    name: "choose a new password",
    title: portalTitle("Choose a new password"),
    open: ({ page }) => goTo(page, `/reset-password?token=${token}`, "Choose a new password"),
  },
  {
    name: "a mailed link without its token",
    title: portalTitle("Choose a new password"),
    open: ({ page }) => goTo(page, "/reset-password", "This link is incomplete"),
  },
  {
    name: "nothing there",
    title: portalTitle("Page not found"),
    open: async ({ page, pageMonitor }) => {
      pageMonitor.expectFailedResponses(404, /^\/nothing\/here\/at-all$/);
      await goTo(page, "/nothing/here/at-all", "Page not found");
    },
  },
];

const signedInScreens: Screen[] = [
  {
    name: "organisations",
    title: portalTitle("Organisations"),
    open: ({ page }) => goTo(page, "/organisations", "Organisations"),
  },
  {
    name: "new organisation",
    title: portalTitle("New organisation"),
    open: ({ page }) => goTo(page, "/new-organisation", "New organisation"),
  },
  {
    name: "account",
    title: portalTitle("Your account"),
    open: ({ page }) => goTo(page, "/account", "Your account"),
  },
  {
    name: "overview, nothing done yet",
    title: portalTitle("Overview"),
    open: ({ page, emptyPath }) => goTo(page, emptyPath, "Two steps to your first booking"),
  },
  {
    name: "overview",
    title: portalTitle("Overview"),
    open: ({ page, sample }) => goTo(page, sample.path, "Latest links"),
  },
  {
    name: "account menu",
    title: portalTitle("Overview"),
    open: async ({ page, sample }) => {
      await page.goto(sample.path);
      await page.getByRole("button", { name: /account of/ }).click();
      await expect(page.getByRole("link", { name: "Your account" })).toBeVisible();
    },
  },
  {
    name: "palette",
    title: portalTitle("Overview"),
    open: async ({ page, sample }) => {
      await page.goto(sample.path);
      await page.getByRole("button", { name: "Search" }).click();
      await expect(page.getByRole("option", { name: "New booking link" })).toBeVisible();
    },
  },
  {
    name: "links, none",
    title: portalTitle("Links"),
    open: ({ page, emptyPath }) => goTo(page, `${emptyPath}/links`, "Connect a practice first"),
  },
  {
    name: "links",
    title: portalTitle("Links"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links`);
      await expect(page.getByRole("link", { name: "Letters, first half" })).toBeVisible();
    },
  },
  {
    name: "links of one practice",
    title: portalTitle("Links"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links?practice=${sample.practice.id}`);
      await expect(page.getByRole("link", { name: "Letters, first half" })).toBeVisible();
    },
  },
  ...(["live", "endsSoon", "closed", "failed", "unknown", "invite"] as const).map(
    (state): Screen => ({
      name: `a link, ${state}`,
      title: portalTitle("Link"),
      open: ({ page, sample }) =>
        goTo(page, `${sample.path}/links/${sample.links[state].id}`, "Details"),
    }),
  ),
  {
    name: "a link, being made",
    title: portalTitle("Link"),
    open: async ({ page, app, sample }) => {
      const name = `Pending ${randomUUID()}`;
      const { apiKey: key, portal } = sample;
      await app.sandbox.injectFault({ operation: "createBookingLink", key, delayMs: 8000 });
      void sample.createLink({ name });
      const findLinks = async () =>
        (await portal.links.list.query({})).items.find((link) => link.name === name);
      await expect.poll(async () => (await findLinks())?.state).toBe("pending");
      await page.goto(`${sample.path}/links/${(await findLinks())?.id}`);
      await expect(stateHeading(page, "Creating")).toBeVisible();
    },
  },
  {
    name: "links chosen in the ledger",
    title: portalTitle("Links"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links`);
      await page.getByRole("checkbox", { name: "Select all links on this page" }).check();
      await expect(page.getByRole("region", { name: "Selected links" })).toBeVisible();
    },
  },
  {
    name: "bulk links",
    title: portalTitle("Bulk uploads"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links/bulk-uploads`);
    },
  },
  {
    name: "new bulk",
    title: portalTitle("New bulk"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links/bulk-uploads/new`);
    },
  },
  {
    name: "settings",
    title: portalTitle("Settings"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/settings`);
    },
  },
  {
    name: "edit a link",
    title: portalTitle("Edit booking link"),
    open: ({ page, sample }) =>
      goTo(page, `${sample.path}/links/${sample.links.live.id}/edit`, "Edit booking link"),
  },
  {
    name: "a link that cannot be edited",
    title: portalTitle("Edit booking link"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links/${sample.links.closed.id}/edit`);
      await expect(page.getByText("This link cannot be changed: closed")).toBeVisible();
    },
  },
  {
    name: "new link, which practice",
    title: portalTitle("New link"),
    open: ({ page, sample }) => goTo(page, `${sample.path}/links/new`, "Select a practice"),
  },
  {
    name: "new link, no practice yet",
    title: portalTitle("New link"),
    open: ({ page, emptyPath }) => goTo(page, `${emptyPath}/links/new`, "Connect a practice first"),
  },
  {
    name: "new link, lists on their way",
    title: portalTitle("New link"),
    open: async ({ page, app, sample }) => {
      // Longer than the check; the page is left before it ends.
      const { apiKey: key } = sample;
      await app.sandbox.injectFault({ operation: "listLocations", key, delayMs: 9000 });
      const path = `${sample.path}/links/new?practice=${sample.practice.id}`;
      await page.goto(path, { waitUntil: "commit" });
      await expect(page.getByRole("status").filter({ hasText: "Reading" })).toBeVisible();
    },
  },
  {
    name: "new link, lists could not be read",
    title: portalTitle("New link"),
    open: async ({ page, app, sample }) => {
      const { apiKey: key } = sample;
      await app.sandbox.injectFault({ operation: "listLocations", key, malformed: true });
      const path = `${sample.path}/links/new?practice=${sample.practice.id}`;
      await goTo(page, path, "Could not load appointment types and locations");
    },
  },
  {
    name: "new link, for many",
    title: portalTitle("New link"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links/new?from=${sample.links.live.id}`);
      await expect(page.getByText(/^Anyone registered at/).first()).toBeVisible();
    },
  },
  {
    name: "new link, everything wrong",
    title: portalTitle("New link"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links/new?practice=${sample.practice.id}`);
      await page.getByRole("radio", { name: "Generic link" }).check();
      await page.getByLabel("Expiry date").fill("");
      await page.getByLabel("Number of bookings").fill("no");
      await createLinkButton(page).click();
      await expect(heading(page, "There is a problem")).toBeVisible();
    },
  },
  {
    name: "practices, none",
    title: portalTitle("Practices"),
    open: ({ page, emptyPath }) =>
      goTo(page, `${emptyPath}/practices`, "No practices connected yet"),
  },
  {
    name: "practices",
    title: portalTitle("Practices"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/practices`);
      await expect(page.getByRole("link", { name: "Reception, upstairs" })).toBeVisible();
    },
  },
  {
    name: "a practice",
    title: portalTitle("Practice"),
    open: ({ page, sample }) =>
      goTo(page, `${sample.path}/practices/${sample.practice.id}`, "API key"),
  },
  {
    name: "replace a key",
    title: portalTitle("Practice"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/practices/${sample.practice.id}`);
      await page.getByRole("button", { name: "Replace key" }).click();
      await expect(page.getByRole("dialog").getByLabel("New API key")).toBeVisible();
    },
  },
  {
    name: "asked before disconnecting",
    title: portalTitle("Practice"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/practices/${sample.practice.id}`);
      await page.getByRole("button", { name: "Disconnect" }).click();
      await expect(page.getByRole("alertdialog")).toContainText("Its API key is deleted.");
    },
  },
  {
    name: "connect a practice, refused",
    title: portalTitle("Connect a practice"),
    open: async ({ page, sample, pageMonitor }) => {
      pageMonitor.expectFailedResponses(400, /practices\.verify$/);
      await page.goto(`${sample.path}/practices/connect`);
      await page.getByLabel("API key", { exact: true }).fill("sandbox_c_nobody_at_all");
      await page.getByLabel("Practice group ID").fill("20417");
      await page.getByRole("button", { name: "Test connection" }).click();
      await expect(heading(page, "There is a problem")).toBeVisible();
    },
  },
  {
    name: "connect a practice, whose it is",
    title: portalTitle("Connect a practice"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/practices/connect`);
      await page.getByLabel("API key", { exact: true }).fill(sample.apiKey);
      await page.getByLabel("Practice group ID").fill(sample.practice.practiceGroupId);
      await page.getByRole("button", { name: "Test connection" }).click();
      await expect(heading(page, sample.practice.name)).toBeVisible();
    },
  },
  {
    name: "connect by a network",
    title: portalTitle("Connect a practice"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/practices/connect`);
      await page.getByRole("radio", { name: "With an existing key" }).check();
      await expect(page.getByLabel("API key", { exact: true })).toBeVisible();
    },
  },
  {
    name: "activity",
    title: portalTitle("Activity"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/activity`);
      await expect(page.getByText("Connected the practice").first()).toBeVisible();
    },
  },
  {
    name: "nothing there, inside the frame",
    title: portalTitle("Link"),
    open: async ({ page, sample, pageMonitor }) => {
      pageMonitor.expectFailedResponses(404, /\/links\/[0-9a-f-]{36}$/);
      await goTo(page, `${sample.path}/links/${randomUUID()}`, "Page not found");
    },
  },
];

const patientScreens: Screen[] = [
  {
    name: "patient, choose a time",
    title: /^Choose a time/,
    open: ({ page, sample }) => goTo(page, sample.links.live.url ?? "", "Choose a day and time"),
  },
  {
    name: "patient, before you book",
    title: /^Before you book/,
    open: async ({ page, sample }) => {
      await page.goto(sample.links.live.url ?? "");
      const times = page.getByRole("button", { name: /^\d{1,2}[:.]\d{2}/ });
      await times.first().click();
      await expect(heading(page, "Before you book")).toBeVisible();
    },
  },
  {
    name: "patient, sign in",
    title: /^Sign in/,
    open: async ({ page, sample }) => {
      await page.goto(sample.links.live.url ?? "");
      await selectFirstSlot(page);
      await expect(heading(page, "Sign in with your email")).toBeVisible();
    },
  },
  {
    name: "patient, date of birth refused",
    title: /^Problem: Your date of birth/,
    open: async ({ page, sample }) => {
      await page.goto(sample.links.invite.url ?? "");
      await page.getByRole("button", { name: "Continue" }).click();
      await expect(heading(page, "There is a problem")).toBeVisible();
    },
  },
  {
    name: "patient, check and booked",
    title: /^Appointment booked/,
    open: async ({ page, sample }) => {
      const link = await sample.createLink({
        patientId: sample.patient.patientId,
        maxUses: 1,
      });
      await page.goto(link.url ?? "");
      await confirmDateOfBirth(page, sample.patient.dateOfBirth);
      await selectFirstSlot(page);
      await expect(heading(page, "Check your booking")).toBeVisible();
      await expectScreen(page);
      await page.getByRole("button", { name: "Confirm booking" }).click();
      await expect(heading(page, "Your appointment is booked")).toBeVisible();
    },
  },
  {
    name: "patient, a dead link",
    title: /^This link has expired/,
    open: ({ page, sample }) => goTo(page, sample.links.closed.url ?? "", "This link has expired"),
  },
  {
    name: "patient, no such link",
    title: /^We cannot find this page/,
    open: async ({ page, app, pageMonitor }) => {
      pageMonitor.expectFailedResponses(404, /^\/s\/no-such-link$/);
      await goTo(page, `${app.sandbox.url}/s/no-such-link`, "We cannot find this page");
    },
  },
];

const sandboxScreens: Screen[] = [
  {
    name: "sandbox",
    title: /Test practices/,
    open: ({ page, app }) => goTo(page, app.sandbox.url, "Test practices"),
  },
  {
    name: "inbox",
    title: /Inbox/,
    open: ({ page, app }) => goTo(page, app.demo.inboxUrl, "Inbox"),
  },
  {
    name: "a mail",
    title: /Verify your email address/,
    open: async ({ page, app }) => {
      await page.goto(app.demo.inboxUrl);
      await page
        .getByRole("link", { name: /^Verify/ })
        .first()
        .click();
      await expect(heading(page, "Links in this email")).toBeVisible();
    },
  },
];

for (const screen of signedOutScreens) {
  test(`screen: ${screen.name}`, async ({ page, app, sample, emptyPath, pageMonitor }) => {
    await screen.open({ page, app, sample, emptyPath, pageMonitor });
    await expectTitle(page, screen.title, sample);
    await expectScreen(page);
  });
}

for (const screen of [...signedInScreens, ...patientScreens, ...sandboxScreens]) {
  test(`screen: ${screen.name}`, async ({
    page,
    context,
    app,
    owner,
    sample,
    emptyPath,
    pageMonitor,
  }) => {
    await context.addCookies(owner.storageState.cookies);
    await screen.open({ page, app, sample, emptyPath, pageMonitor });
    await expectTitle(page, screen.title, sample);
    await expectScreen(page);
  });
}

test("screen: the menu on a phone", async ({ page, context, owner, sample }) => {
  await context.addCookies(owner.storageState.cookies);
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(sample.path);
  await page.getByRole("button", { name: "Menu" }).click();
  const menu = page.getByRole("dialog", { name: "Menu" });
  await expect(menu.getByRole("link", { name: "Links" })).toBeVisible();
  await expectNoHorizontalScroll(page);
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await expectAccessible(page);
  await menu.getByRole("link", { name: "Links" }).click();
  await expect(menu).toBeHidden();
  await expect(heading(page, "Links")).toBeVisible();
});

test("screen: what a role cannot do", async ({ page, app }) => {
  const [tenant] = app.demo.tenants;
  const viewer = tenant?.users.find(({ role }) => role === "viewer");
  if (!tenant || !viewer) throw new Error("The demo has no viewer.");
  await signIn(page, viewer);
  await page.goto(`/${tenant.slug}/sandbox/links/new`);
  await expect(page.getByText("You do not have permission to create links")).toBeVisible();
  await expectScreen(page);
});
