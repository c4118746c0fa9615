import { expect, test } from "./fixtures";
import { inDays } from "./support/organisation";
import { expectAccessible, expectNoHorizontalScroll } from "./support/assertions";
import { fillDate } from "./support/dates";

test.use({ practiceGroupId: "20417" });
test.setTimeout(60_000);

test("links are found by words, tags and states, and the view is saved", async ({
  page,
  organisation,
}) => {
  await organisation.createLink({ name: "Flu autumn", tags: ["Autumn"], expiresOn: inDays(1) });
  await organisation.createLink({ name: "Flu winter", reference: "LETTER-9" });
  await organisation.createLink({ name: "Bloods" });
  await page.goto(`${organisation.path}/links`);
  const rows = page.getByRole("region", { name: "Links" }).getByRole("row");
  await expect(rows).toHaveCount(4);

  const search = page.getByRole("searchbox", { name: "Search links" });
  await search.fill("flu");
  await search.press("Enter");
  await expect(page).toHaveURL(/[?&]q=flu/);
  await expect(rows).toHaveCount(3);
  await page.getByLabel("State").selectOption({ label: "Ends soon" });
  await expect(page).toHaveURL(/state=ends_soon/);
  await expect(rows).toHaveCount(2);
  await expect(page.getByRole("link", { name: "Flu autumn" })).toBeVisible();

  const openViews = () => page.getByRole("button", { name: "Views" }).click();
  await openViews();
  await page.getByRole("button", { name: "Save view" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Flu that ends");
  await page.getByRole("dialog").getByRole("button", { name: "Save view" }).click();
  const view = page
    .getByRole("navigation", { name: "Views" })
    .getByRole("link", { name: "Flu that ends" });
  await openViews();
  await expect(view).toHaveAttribute("aria-current", "page");
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(rows).toHaveCount(4);
  await expect(page.getByText("3 links", { exact: true })).toBeVisible();
  await openViews();
  await view.click();
  await expect(rows).toHaveCount(2);
  await expectAccessible(page);

  await page.goto(`${organisation.path}/links`);
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByLabel("Tag", { exact: true }).selectOption({ label: "autumn" });
  await page.getByRole("button", { name: "Apply filters" }).click();
  await expect(page).toHaveURL(/tag=autumn/);
  await expect(rows).toHaveCount(2);
  await page.getByRole("link", { name: "Remove filter Tag: autumn" }).click();
  await expect(rows).toHaveCount(4);
  await page.goto(`${organisation.path}/links?q=letter+9`);
  await expect(page.getByRole("link", { name: "Flu winter" })).toBeVisible();
  await page.goto(`${organisation.path}/links?q=nothing-like-it`);
  await expect(page.getByText("No links match your search")).toBeVisible();
});

test("c30: a possible NHS number is not searched for or put in an address", async ({
  page,
  organisation,
}) => {
  await organisation.createLink({ name: "One" });
  await page.goto(`${organisation.path}/links`);
  const search = page.getByRole("searchbox", { name: "Search links" });
  await search.fill("999 000 0018");
  await search.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "NHS number" })).toBeVisible();
  expect(page.url()).not.toMatch(/999|q=/);
});

test("several links are extended, tagged and closed at once, and each action can be undone", async ({
  page,
  app,
  organisation,
}) => {
  const created: { url: string | null }[] = [];
  for (const name of ["First", "Second", "Third"])
    created.push(await organisation.createLink({ name }));
  await page.goto(`${organisation.path}/links`);
  await page.getByRole("checkbox", { name: "Select First" }).check();
  await page.getByRole("checkbox", { name: "Select Second" }).check();
  const selectionBar = page.getByRole("region", { name: "Selected links" });
  await expect(selectionBar.getByRole("status")).toHaveText("2 links selected");

  await selectionBar.getByRole("button", { name: "Extend…" }).click();
  const dialog = page.getByRole("dialog");
  await fillDate(dialog, "Expiry date", inDays(-1));
  await dialog.getByRole("button", { name: "Extend" }).click();
  await expect(dialog.getByText("The expiry date must be today or later.")).toBeVisible();
  await fillDate(dialog, "Expiry date", inDays(40));
  await dialog.getByRole("button", { name: "Extend" }).click();
  await expect(page.getByText("2 links extended")).toBeVisible();

  await selectionBar.getByRole("button", { name: "Tag…" }).click();
  await page.getByRole("dialog").getByLabel("Add tags").fill("Autumn, Flu drive");
  await page.getByRole("dialog").getByRole("button", { name: "Save tags" }).click();
  await expect(page.getByText("2 links tagged")).toBeVisible();
  await expect(page.getByRole("list", { name: "Tags" })).toHaveCount(2);
  await expectAccessible(page);

  await selectionBar.getByRole("button", { name: "Close…" }).click();
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("Close 2 links?");
  await expect(question).toContainText(organisation.practice.name);
  await question.getByRole("button", { name: "Close 2 links" }).click();
  const toast = page.getByRole("region", { name: "Notifications" });
  await expect(toast.getByText("2 links closed")).toBeVisible();
  const heroLink = async (url: string | null) =>
    (await app.sandbox.listLinks()).find((link) => link.url === url);
  await expect
    .poll(async () => (await heroLink(created[0]?.url ?? null))?.expiryDate)
    .toBe(inDays(-1));
  expect((await heroLink(created[2]?.url ?? null))?.expiryDate).toBe(inDays(14));
  await toast.getByRole("button", { name: "Undo" }).last().click();
  await expect(toast.getByText("2 links restored")).toBeVisible();
  await expect
    .poll(async () => (await heroLink(created[0]?.url ?? null))?.expiryDate)
    .toBe(inDays(40));
  const list = page.getByRole("region", { name: "Links" });
  await expect(list.getByText("Closed", { exact: true })).toHaveCount(0);

  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoHorizontalScroll(page);
  await expectAccessible(page, "visual");
});

test("tags added to all matching links are kept when more are added", async ({
  page,
  organisation,
}) => {
  // One more than a page shows.
  await Promise.all(
    Array.from({ length: 26 }, (_, index) =>
      organisation.createLink({ name: `Letter ${index}`, tags: ["Flu"] }),
    ),
  );
  await page.goto(`${organisation.path}/links`);
  await page.getByRole("checkbox", { name: "Select all links on this page" }).check();
  const selectionBar = page.getByRole("region", { name: "Selected links" });
  const addTag = async (tag: string) => {
    await selectionBar.getByRole("button", { name: "Select all that match" }).click();
    await expect(selectionBar.getByRole("status")).toHaveText("26 links selected");
    await selectionBar.getByRole("button", { name: "Tag…" }).click();
    await page.getByRole("dialog").getByLabel("Add tags").fill(tag);
    await page.getByRole("dialog").getByRole("button", { name: "Save tags" }).click();
    await expect(selectionBar.getByRole("status")).toHaveText("25 links selected");
  };
  await addTag("Autumn");
  await addTag("Winter");
  const { items } = await organisation.portal.links.list.query({ limit: 26 });
  expect(items.map(({ tags }) => tags)).toEqual(items.map(() => ["Flu", "Autumn", "Winter"]));
});

test("a link shows its history, and an unknown link is resolved by what the practice says", async ({
  page,
  pageMonitor,
  app,
  organisation,
}) => {
  await app.sandbox.injectFault({
    operation: "createBookingLink",
    key: organisation.apiKey,
    times: 1,
    afterWork: true,
    reset: true,
  });
  const link = await organisation.createLink({ name: "Lost" });
  pageMonitor.expectFailedResponses(409, /links\.reconcile$/);
  await page.goto(`${organisation.path}/links/${link.id}`);
  await page.getByRole("button", { name: "Check with Hero" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Still unknown" })).toContainText(
    "Check again in two minutes",
  );
  await page.getByLabel("Address from the practice").fill(`${app.sandbox.url}/s/Asked17`);
  await page.getByRole("button", { name: "Mark as created" }).click();
  await expect(page.getByText("Resolved: the link was created")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Live" })).toBeVisible();
  const history = page.getByRole("region", { name: "History" });
  await expect(history.getByRole("listitem").first()).toContainText("Resolved an unknown link");
  await expect(history).toContainText("Requested a link");
  await expectAccessible(page);
});
