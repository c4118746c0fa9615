import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { createOrganisation } from "./support/organisation";
import { createApiClient } from "./support/people";

test.use({ practiceGroupId: "20417" });
test.setTimeout(90_000);

/** On a busy machine; `tests/services/live.test.ts` checks the two seconds. Nothing else refreshes these pages. */
const soon = { timeout: 15_000 };

/** Resolves once the tab, or the one that leads, has a stream. */
const hasStream = (page: Page) =>
  page.waitForResponse((response) => response.url().includes("/live.changes"));

const stateCell = (page: Page, name: string, state: string) =>
  page.getByRole("row", { name: new RegExp(name) }).getByText(state, { exact: true });

test("a link closed in one tab changes in the others, with focus, text and selection kept", async ({
  page,
  context,
  organisation,
}) => {
  const link = await organisation.createLink({ name: "Flu clinic" });
  await organisation.createLink({ name: "Bloods" });
  const streaming = hasStream(page);
  await page.goto(`${organisation.path}/links`);
  await streaming;
  await expect(stateCell(page, "Flu clinic", "Live")).toBeVisible();
  const checkbox = page.getByRole("checkbox", { name: "Select Bloods" });
  await checkbox.check();
  const search = page.getByRole("searchbox", { name: "Search links" });
  await search.pressSequentially("half typed");
  await page.evaluate(() => {
    document.addEventListener("focusout", () => {
      document.body.dataset.lostFocus = "yes";
    });
  });

  const other = await context.newPage();
  await other.goto(`${organisation.path}/links/${link.id}`);
  await expect(other.getByRole("button", { name: "Close link" })).toBeVisible();
  const overview = await context.newPage();
  await overview.goto(organisation.path);
  await organisation.portal.links.close.mutate({ linkId: link.id });

  await expect(other.getByRole("button", { name: "Reopen link" })).toBeVisible(soon);
  await page.bringToFront();
  await expect(stateCell(page, "Flu clinic", "Closed")).toBeVisible(soon);
  await expect(search).toBeFocused();
  await expect(search).toHaveValue("half typed");
  await expect(checkbox).toBeChecked();
  expect(await page.evaluate(() => document.body.dataset.lostFocus)).toBeUndefined();
  await overview.bringToFront();
  await expect(overview.getByRole("listitem").filter({ hasText: "Flu clinic" })).toContainText(
    "Closed",
    soon,
  );
});

test("the tabs of one browser share one stream, and the next takes over", async ({
  page,
  context,
  organisation,
}) => {
  const link = await organisation.createLink({ name: "Shared" });
  const streams: Page[] = [];
  context.on("request", (request) => {
    if (request.url().includes("/live.changes")) streams.push(request.frame().page());
  });
  await page.goto(`${organisation.path}/links`);
  await expect.poll(() => streams.length).toBe(1);
  const second = await context.newPage();
  await second.goto(`${organisation.path}/links`);
  await expect(stateCell(second, "Shared", "Live")).toBeVisible();
  expect(streams).toEqual([page]);

  await page.close();
  await expect.poll(() => streams.length).toBe(2);
  expect(streams[1]).toBe(second);
  await organisation.portal.links.close.mutate({ linkId: link.id });
  await expect(stateCell(second, "Shared", "Closed")).toBeVisible(soon);
});

test("two organisations in two tabs of one browser receive nothing of each other's", async ({
  page,
  context,
  app,
  organisation,
  practiceGroupId,
}) => {
  const api = await createApiClient(context, app.url);
  const neighbour = await createOrganisation(api, app.sandbox, practiceGroupId);
  const own = await organisation.createLink({ name: "Own" });
  const foreign = await neighbour.createLink({ name: "Foreign" });
  const refreshes: string[] = [];
  await page.goto(`${organisation.path}/links`);
  const other = await context.newPage();
  await other.goto(`${neighbour.path}/links`);
  await expect(stateCell(page, "Own", "Live")).toBeVisible();
  await expect(stateCell(other, "Foreign", "Live")).toBeVisible();
  other.on("request", (request) => {
    const headers = request.headers();
    if (headers.rsc && !headers["next-router-prefetch"]) refreshes.push(request.url());
  });
  await page.bringToFront();
  await organisation.portal.links.close.mutate({ linkId: own.id });
  await expect(stateCell(page, "Own", "Closed")).toBeVisible(soon);
  expect(refreshes).toEqual([]);
  await other.bringToFront();
  await neighbour.portal.links.close.mutate({ linkId: foreign.id });
  await expect(stateCell(other, "Foreign", "Closed")).toBeVisible(soon);
});
