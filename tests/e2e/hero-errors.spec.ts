import { randomInt } from "node:crypto";
import { expect, test } from "./fixtures";
import {
  createLinkButton,
  fillLinkForm,
  linkAddress,
  openLinkForm,
  stateHeading,
} from "./support/link-form";
import { expectAccessibleAtAllWidths, expectErrorSummary } from "./support/assertions";
import { makeRequestOld } from "./support/database";
import { fillDate } from "./support/dates";
import { inDays } from "./support/organisation";
import type { Fault } from "./support/sandbox";

test.use({ practiceGroupId: "20690" });
test.setTimeout(90_000);

type HeroErrorCase = {
  name: string;
  fault: Omit<Fault, "operation" | "key">;
  reason: string;
  state: "Unknown" | "Not created";
};

const heroErrors: HeroErrorCase[] = [
  {
    name: "breaks off",
    fault: { reset: true, afterWork: true },
    reason: "The connection to Hero was lost.",
    state: "Unknown",
  },
  {
    name: "fails",
    fault: { status: 500 },
    reason: "Hero had an error.",
    state: "Unknown",
  },
  {
    name: "answers nonsense",
    fault: { malformed: true },
    reason: "Hero's reply could not be read.",
    state: "Unknown",
  },
  {
    name: "refuses",
    fault: { status: 400 },
    reason: "Hero rejected the values sent.",
    state: "Not created",
  },
  {
    name: "has had enough",
    fault: { status: 429 },
    reason: "Hero is receiving too many requests.",
    state: "Not created",
  },
];

for (const { name, fault, reason, state } of heroErrors) {
  test(`when Hero ${name}, the link's page says so and the ledger is correct`, async ({
    page,
    app,
    organisation,
  }) => {
    const { apiKey } = organisation;
    const callsBefore = await app.sandbox.countCalls("createBookingLink", apiKey);
    await openLinkForm(page, organisation);
    await fillLinkForm(page);
    // Hero's list proves that a refused link was not created if no other link expires on the same day.
    await fillDate(page, "Expiry date", inDays(randomInt(100, 350)));
    await app.sandbox.injectFault({ operation: "createBookingLink", key: apiKey, ...fault });
    await createLinkButton(page).click();

    await expect(stateHeading(page, state)).toBeVisible();
    await expect(page.getByText(reason)).toBeVisible();
    await expect(page.getByRole("button", { name: /Copy link/ })).toHaveCount(0);
    await expect(page.getByRole("link", { name: "Try again with the same details" })).toHaveCount(
      state === "Unknown" ? 0 : 1,
    );
    expect(await app.sandbox.countCalls("createBookingLink", apiKey)).toBe(callsBefore + 1);

    await page
      .getByRole("navigation", { name: "Main" })
      .getByRole("link", { name: "Links" })
      .click();
    await expect(page.getByRole("cell", { name: state, exact: true })).toBeVisible();
  });
}

test("a person can reject the link found on Hero's list, and nothing is sent to Hero", async ({
  page,
  app,
  organisation,
}) => {
  const { apiKey } = organisation;
  await app.sandbox.injectFault({
    operation: "createBookingLink",
    key: apiKey,
    reset: true,
    afterWork: true,
  });
  // No other link of the practice may match.
  const link = await organisation.createLink({
    name: "Lost reply",
    expiresOn: inDays(randomInt(400, 700)),
    maxUses: randomInt(1000, 10_000),
  });
  await makeRequestOld(app, link.id);
  await page.goto(`${organisation.path}/links/${link.id}`);
  await expect(stateHeading(page, "Unknown")).toBeVisible();

  await page.getByRole("button", { name: "Check with Hero" }).click();
  await expect(page.getByText("Resolved: the link was created")).toBeVisible();
  await expect(stateHeading(page, "Live")).toBeVisible();
  await expect(page.getByText("Found on Hero's list", { exact: true })).toBeVisible();
  await expect(page.getByText("Hero does not record who created a link.")).toBeVisible();
  await expectAccessibleAtAllWidths(page);
  const findAtHero = async (url: string) =>
    (await app.sandbox.listLinks()).find((candidate) => candidate.url === url);
  const url = await linkAddress(page);
  const before = await findAtHero(url);
  expect(before).toBeDefined();
  const writesBefore = await app.sandbox.countWrites(apiKey);

  await page.getByRole("button", { name: "Not our link" }).click();
  await expect(page.getByText("Resolved: the link was not created")).toBeVisible();
  await expect(stateHeading(page, "Not created")).toBeVisible();
  await expect(page.getByText("The link found on Hero's list is not this one.")).toBeVisible();
  await expect(page.getByText("Found on Hero's list", { exact: true })).toHaveCount(0);
  await expect(page.getByText(url)).toHaveCount(0);
  await expect(page.getByRole("button", { name: /Copy link/ })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Try again with the same details" })).toBeVisible();
  const history = page.getByRole("region", { name: "History" }).getByRole("listitem");
  await expect(history.first()).toContainText("result not created, confirmed by a person");
  await expectAccessibleAtAllWidths(page);
  expect(await app.sandbox.countWrites(apiKey)).toBe(writesBefore);
  expect(await findAtHero(url)).toEqual(before);
});

test("while Hero does not respond, the rest of the portal works", async ({
  page,
  context,
  app,
  organisation,
}) => {
  const { apiKey } = organisation;
  await openLinkForm(page, organisation);
  await fillLinkForm(page);
  await app.sandbox.injectFault({ operation: "createBookingLink", key: apiKey, hang: true });
  await createLinkButton(page).click();
  await expect(page.getByRole("button", { name: "Creating…" })).toBeVisible();

  const other = await context.newPage();
  // The button changes before the row exists, so the page may have to be reloaded.
  await expect(async () => {
    await other.goto(`${organisation.path}/links`);
    await expect(other.getByRole("cell", { name: "Creating" })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await other.goto(`${organisation.path}/practices/${organisation.practice.id}`);
  await expect(other.getByRole("heading", { level: 1 })).toHaveText(organisation.practice.name);
  await expect(page.getByRole("button", { name: "Creating…" })).toBeVisible();

  await expect(stateHeading(page, "Unknown")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Hero did not respond in time.")).toBeVisible();
  await expect(page.getByText("We did not send it again")).toBeVisible();
});

test("when Hero's lists cannot be loaded, the form says why and can retry", async ({
  page,
  app,
  organisation,
}) => {
  await app.sandbox.injectFault({
    operation: "listLocations",
    key: organisation.apiKey,
    status: 503,
    times: 3,
  });
  await page.goto(`${organisation.path}/links/new`);
  const failure = page
    .getByRole("alert")
    .filter({ hasText: "Could not load appointment types and locations" });
  await expect(failure).toContainText("Hero had an error.");
  await failure.getByRole("link", { name: "Try again" }).click();
  await fillLinkForm(page);
  await createLinkButton(page).click();
  await expect(stateHeading(page, "Live")).toBeVisible();
});

test("a failed refresh says why and keeps the last values", async ({
  page,
  app,
  organisation,
  pageMonitor,
}) => {
  const link = await organisation.createLink();
  await page.goto(`${organisation.path}/links/${link.id}`);
  await app.sandbox.injectFault({
    operation: "getBookingLink",
    key: organisation.apiKey,
    malformed: true,
  });
  pageMonitor.expectFailedResponses(502, /links\.refresh$/);
  const usageCard = page.getByRole("region", { name: "Usage" });
  await usageCard.getByRole("button", { name: "Refresh" }).click();
  await expect(usageCard.getByRole("status")).toContainText("Hero's reply could not be read.");
  await expect(usageCard.getByText("0 of 5")).toBeVisible();
  await expect(stateHeading(page, "Live")).toBeVisible();
});

test("a key that Hero rejects is shown, and can be replaced", async ({
  page,
  app,
  owner,
  organisation,
  pageMonitor,
}) => {
  const { sandbox } = app;
  const { apiKey, practice } = organisation;
  await openLinkForm(page, organisation);
  await fillLinkForm(page);
  await sandbox.injectFault({ operation: "createBookingLink", key: apiKey, status: 401 });
  await sandbox.injectFault({ operation: "listShortLinks", key: apiKey, status: 401 });
  await createLinkButton(page).click();
  await expect(stateHeading(page, "Unknown")).toBeVisible();
  await expect(page.getByText("Hero does not accept this API key.")).toBeVisible();
  await sandbox.waitForEmail(owner.person.email, /key/i);

  await page.goto(organisation.path);
  await page
    .getByRole("link", { name: /needs a new key|does not accept/i })
    .first()
    .click();
  await expect(page.getByRole("heading", { level: 1, name: practice.name })).toBeVisible();
  await expect(page.getByText("Hero no longer accepts this key", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Replace key" }).click();
  const dialog = page.getByRole("dialog", { name: "Replace API key" });
  await dialog.getByLabel("New API key").fill(`wrong_${apiKey}`);
  pageMonitor.expectFailedResponses(400, /practices\.replaceKey$/);
  await dialog.getByRole("button", { name: "Test and replace" }).click();
  await expectErrorSummary(page, "Hero's Sandbox environment does not accept this key.");
  await dialog.getByLabel("New API key").fill(apiKey);
  await dialog.getByRole("button", { name: "Test and replace" }).click();
  await expect(page.getByText("The new key is in use")).toBeVisible();
  await expect(page.getByText("Hero no longer accepts this key", { exact: true })).toHaveCount(0);
});
