import { expect, test } from "./fixtures";
import { expectAccessible, expectAccessibleAtAllWidths } from "./support/assertions";

test.setTimeout(60_000);

test("results are shown as numbers, a chart, tables and a file", async ({ page, organisation }) => {
  await page.goto(`${organisation.path}/results`);
  await expect(page.getByText("No links were created in this period")).toBeVisible();
  await expectAccessibleAtAllWidths(page);

  await organisation.createLink({ name: "Poster", tags: ["Flu"] });
  await organisation.createLink({ name: "Leaflet", tags: ["Flu"] });
  await organisation.createLink({ name: "Letter" });
  await page.goto(organisation.path);
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: "Results" })
    .click();
  await expect(page.getByRole("heading", { level: 1, name: "Results" })).toBeVisible();
  const main = page.getByRole("main");
  const number = (name: string) =>
    main
      .getByRole("term")
      .filter({ hasText: new RegExp(`^${name}$`) })
      .locator("xpath=../dd");
  await expect(number("Created").first()).toHaveText(/^3\s*links$/);
  await expect(number("Opened").first()).toHaveText(/^0\s*0% of created$/);

  const chart = page.getByRole("img", { name: /^Links: 3 created, 0 opened, 0 booked/ });
  await expect(chart).toBeVisible();
  // The library has drawn once it has given the canvas a size.
  await expect
    .poll(() => chart.evaluate((canvas: HTMLCanvasElement) => canvas.width))
    .not.toBe(300);

  await page.getByText("Show as a table").click();
  const byDay = page.getByRole("region", { name: "Results by day" }).getByRole("row");
  await expect(byDay).toHaveCount(29);
  await expect(byDay.last().getByRole("cell").first()).toHaveText("3");

  await page.getByLabel("Group by").selectOption({ label: "Tag" });
  await expect(page).toHaveURL(/group=tag/);
  const byTag = page.getByRole("region", { name: "Results by tag" });
  await expect(byTag.getByRole("row", { name: /^Flu 2/ })).toBeVisible();
  await expect(byTag.getByRole("row", { name: /^No tag 1/ })).toBeVisible();
  await expectAccessibleAtAllWidths(page);
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await expectAccessible(page, "visual");
  const readDrawing = () => chart.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const redrawn = await readDrawing();
  await page.reload();
  // Not the pictures themselves, which would fill the report.
  await expect
    .poll(async () => (await readDrawing()) === redrawn, "drawn in the colours of the dark mode")
    .toBe(true);
  await page.emulateMedia({ colorScheme: "light" });

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export as CSV" }).click();
  expect((await download).suggestedFilename()).toMatch(/^results-by-tag-.*\.csv$/);

  await page.getByLabel("Tag", { exact: true }).selectOption({ label: "flu" });
  await expect(page).toHaveURL(/tag=flu/);
  await expect(number("Created").first()).toHaveText(/^2\s*links$/);
  await page.getByLabel("Kind").selectOption({ label: "Form link" });
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(number("Created").first()).toHaveText(/^3\s*links$/);
});

test("the overview shows this month and leads to its results", async ({ page, organisation }) => {
  await organisation.createLink({ name: "Recall" });
  await page.goto(organisation.path);
  await expect(
    page.getByRole("img", { name: /^Links: 1 created, 0 opened, 0 booked/ }),
  ).toBeVisible();
  await expect(page.getByText("1 link created: 0% opened, 0% booked.")).toBeVisible();
  await expectAccessibleAtAllWidths(page);
  await page.getByRole("link", { name: "All results" }).click();
  await expect(page).toHaveURL(/\/results\?period=\d{4}-\d{2}$/);
  await expect(page.getByRole("heading", { level: 1, name: "Results" })).toBeVisible();
});
