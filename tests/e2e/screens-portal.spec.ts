import { randomUUID } from "node:crypto";
import { createLinkButton, stateHeading } from "./support/link-form";
import { signIn } from "./support/people";
import { expectAccessible, expectNoHorizontalScroll } from "./support/assertions";
import {
  test,
  heading,
  portalTitle,
  tenantTitle,
  type Screen,
  expectScreen,
  goTo,
  testScreens,
  expect,
} from "./support/screens";
import { fillDate } from "./support/dates";

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
    name: "empty overview",
    title: tenantTitle("Overview"),
    open: ({ page, emptyPath }) => goTo(page, emptyPath, "Two steps to your first booking"),
  },
  {
    name: "overview",
    title: tenantTitle("Overview"),
    open: ({ page, sample }) => goTo(page, sample.path, "Latest links"),
  },
  {
    name: "account menu",
    title: tenantTitle("Overview"),
    open: async ({ page, sample }) => {
      await page.goto(sample.path);
      await page.getByRole("button", { name: /account of/ }).click();
      await expect(page.getByRole("link", { name: "Your account" })).toBeVisible();
    },
  },
  {
    name: "palette",
    title: tenantTitle("Overview"),
    open: async ({ page, sample }) => {
      await page.goto(sample.path);
      await page.getByRole("button", { name: "Search" }).click();
      await expect(page.getByRole("option", { name: "New link" })).toBeVisible();
    },
  },
  {
    name: "empty links",
    title: tenantTitle("Links"),
    open: ({ page, emptyPath }) => goTo(page, `${emptyPath}/links`, "Connect a practice first"),
  },
  {
    name: "links",
    title: tenantTitle("Links"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links`);
      await expect(page.getByRole("link", { name: "Letters, first half" })).toBeVisible();
    },
  },
  {
    name: "links of one practice",
    title: tenantTitle("Links"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links?practice=${sample.practice.id}`);
      await expect(page.getByRole("link", { name: "Letters, first half" })).toBeVisible();
    },
  },
  ...(["live", "endsSoon", "closed", "failed", "unknown", "invite"] as const).map(
    (state): Screen => ({
      name: `a link, ${state}`,
      title: tenantTitle(".+ – Links"),
      open: ({ page, sample }) =>
        goTo(page, `${sample.path}/links/${sample.links[state].id}`, "Details"),
    }),
  ),
  {
    name: "a pending link",
    title: tenantTitle(".+ – Links"),
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
    name: "selected links",
    title: tenantTitle("Links"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links`);
      await page.getByRole("checkbox", { name: "Select all links on this page" }).check();
      await expect(page.getByRole("region", { name: "Selected links" })).toBeVisible();
    },
  },
  {
    name: "empty results",
    title: tenantTitle("Results"),
    open: ({ page, emptyPath }) =>
      goTo(page, `${emptyPath}/results`, "No links were created in this period"),
  },
  {
    name: "results",
    title: tenantTitle("Results"),
    open: ({ page, sample }) => goTo(page, `${sample.path}/results`, "What the numbers mean"),
  },
  {
    name: "empty webhooks",
    title: tenantTitle("Webhooks"),
    open: ({ page, emptyPath }) => goTo(page, `${emptyPath}/webhooks`, "Connect a practice first"),
  },
  {
    name: "webhooks",
    title: tenantTitle("Webhooks"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/webhooks`);
      await expect(page.getByText("Reception, upstairs").first()).toBeVisible();
    },
  },
  {
    name: "deliveries",
    title: tenantTitle("Deliveries – Webhooks"),
    open: ({ page, sample }) =>
      goTo(page, `${sample.path}/webhooks/deliveries`, "No deliveries yet"),
  },
  {
    name: "events",
    title: tenantTitle("Events – Webhooks"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/webhooks/events`);
      await expect(page.getByRole("row", { name: /link\.created/ }).first()).toBeVisible();
    },
  },
  {
    name: "destinations",
    title: tenantTitle("Destinations – Webhooks"),
    open: ({ page, sample }) =>
      goTo(page, `${sample.path}/webhooks/destinations`, "No destinations yet"),
  },
  {
    name: "new destination",
    title: tenantTitle("New destination – Webhooks"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/webhooks/destinations/new`);
      await expect(page.getByLabel("Address")).toBeVisible();
    },
  },
  {
    name: "merges",
    title: tenantTitle("Merges – Patients"),
    open: ({ page, sample }) => goTo(page, `${sample.path}/merges`, "No merges"),
  },
  {
    name: "bulk uploads",
    title: tenantTitle("Bulk uploads – Links"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links/bulk-uploads`);
    },
  },
  {
    name: "new bulk upload",
    title: tenantTitle("New bulk upload – Links"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links/bulk-uploads/new`);
    },
  },
  {
    name: "settings",
    title: tenantTitle("Settings"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/settings`);
    },
  },
  {
    name: "edit a link",
    title: tenantTitle("Edit – .+ – Links"),
    open: ({ page, sample }) =>
      goTo(page, `${sample.path}/links/${sample.links.live.id}/edit`, "Edit booking link"),
  },
  {
    name: "a link that cannot be edited",
    title: tenantTitle("Edit – .+ – Links"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links/${sample.links.closed.id}/edit`);
      await expect(page.getByText("This link cannot be edited: closed")).toBeVisible();
    },
  },
  {
    name: "new link, select a practice",
    title: tenantTitle("New link – Links"),
    open: ({ page, sample }) => goTo(page, `${sample.path}/links/new`, "Select a practice"),
  },
  {
    name: "new link without practices",
    title: tenantTitle("New link – Links"),
    open: ({ page, emptyPath }) => goTo(page, `${emptyPath}/links/new`, "Connect a practice first"),
  },
  {
    name: "new link, loading lists",
    title: tenantTitle("New link – Links"),
    open: async ({ page, app, sample }) => {
      // Longer than the check; the page is left before it ends.
      const { apiKey: key } = sample;
      await app.sandbox.injectFault({ operation: "listLocations", key, delayMs: 9000 });
      const path = `${sample.path}/links/new?practice=${sample.practice.id}`;
      await page.goto(path, { waitUntil: "commit" });
      await expect(
        page.getByRole("status").filter({ hasText: "Loading appointment types" }),
      ).toBeVisible();
    },
  },
  {
    name: "new link, lists not loaded",
    title: tenantTitle("New link – Links"),
    open: async ({ page, app, sample }) => {
      const { apiKey: key } = sample;
      await app.sandbox.injectFault({ operation: "listLocations", key, malformed: true });
      const path = `${sample.path}/links/new?practice=${sample.practice.id}`;
      await goTo(page, path, "Could not load appointment types and locations");
    },
  },
  {
    name: "new link for many patients",
    title: tenantTitle("New link – Links"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links/new?from=${sample.links.live.id}`);
      await expect(page.getByText(/^Anyone registered at/).first()).toBeVisible();
    },
  },
  {
    name: "new link with errors",
    title: tenantTitle("New link – Links"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/links/new?practice=${sample.practice.id}`);
      await page.getByRole("radio", { name: "Generic link" }).check();
      await fillDate(page, "Expiry date", "");
      await page.getByLabel("Number of bookings").fill("no");
      await createLinkButton(page).click();
      await expect(heading(page, "There is a problem")).toBeVisible();
    },
  },
  {
    name: "empty practices",
    title: tenantTitle("Practices"),
    open: ({ page, emptyPath }) =>
      goTo(page, `${emptyPath}/practices`, "No practices connected yet"),
  },
  {
    name: "practices",
    title: tenantTitle("Practices"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/practices`);
      await expect(page.getByRole("link", { name: "Reception, upstairs" })).toBeVisible();
    },
  },
  {
    name: "a practice",
    title: tenantTitle(".+ – Practices"),
    open: ({ page, sample }) =>
      goTo(page, `${sample.path}/practices/${sample.practice.id}`, "API key"),
  },
  {
    name: "replace a key",
    title: tenantTitle(".+ – Practices"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/practices/${sample.practice.id}`);
      await page.getByRole("button", { name: "Replace key" }).click();
      await expect(page.getByRole("dialog").getByLabel("New API key")).toBeVisible();
    },
  },
  {
    name: "disconnect a practice",
    title: tenantTitle(".+ – Practices"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/practices/${sample.practice.id}`);
      await page.getByRole("button", { name: "Disconnect" }).click();
      await expect(page.getByRole("alertdialog")).toContainText("Its API key is deleted.");
    },
  },
  {
    name: "connect a practice with errors",
    title: tenantTitle("Connect a practice – Practices"),
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
    name: "connect a practice, confirm",
    title: tenantTitle("Connect a practice – Practices"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/practices/connect`);
      await page.getByLabel("API key", { exact: true }).fill(sample.apiKey);
      await page.getByLabel("Practice group ID").fill(sample.practice.practiceGroupId);
      await page.getByRole("button", { name: "Test connection" }).click();
      await expect(heading(page, sample.practice.name)).toBeVisible();
    },
  },
  {
    name: "connect with an existing key",
    title: tenantTitle("Connect a practice – Practices"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/practices/connect`);
      await page.getByRole("radio", { name: "With an existing key" }).check();
      await expect(page.getByLabel("API key", { exact: true })).toBeVisible();
    },
  },
  {
    name: "activity",
    title: tenantTitle("Activity"),
    open: async ({ page, sample }) => {
      await page.goto(`${sample.path}/activity`);
      await expect(page.getByText("Connected the practice").first()).toBeVisible();
    },
  },
  {
    name: "page not found, signed in",
    title: tenantTitle("Not found"),
    open: async ({ page, sample, pageMonitor }) => {
      pageMonitor.expectFailedResponses(404, /\/links\/[0-9a-f-]{36}$/);
      await goTo(page, `${sample.path}/links/${randomUUID()}`, "Page not found");
    },
  },
];

testScreens(signedInScreens, { isSignedIn: true });

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
