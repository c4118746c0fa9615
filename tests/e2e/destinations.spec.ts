import { expect, test } from "./fixtures";
import {
  expectAccessible,
  expectAccessibleAtAllWidths,
  expectErrorSummary,
} from "./support/assertions";
import { startEventReceiver } from "./support/event-receiver";

test.use({ practiceGroupId: "20690" });

test("a destination is added, receives verified events, and is turned off and deleted", async ({
  page,
  organisation,
  pageMonitor,
}) => {
  const receiver = await startEventReceiver();
  await page.goto(`${organisation.path}/webhooks/destinations`);
  await expect(page.getByRole("heading", { name: "No destinations yet" })).toBeVisible();
  await page.getByRole("link", { name: "Add a destination" }).click();
  await page.getByRole("button", { name: "Add destination" }).click();
  await expectErrorSummary(
    page,
    "Enter a name.",
    "Enter an address such as https://example.org/events.",
  );
  await page.getByLabel("Name").fill("Practice system");
  await page.getByLabel("Address").fill("https://10.0.0.1/events");
  pageMonitor.expectFailedResponses(400, /destinations\.create$/);
  await page.getByRole("button", { name: "Add destination" }).click();
  await expect(page.getByLabel("Address")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Address").fill(receiver.url);
  await page.getByRole("checkbox", { name: /link\.created/ }).check();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Add destination" }).click();

  await expect(page.getByRole("heading", { name: "Added Practice system" })).toBeVisible();
  const secret = await page.getByLabel("Signing secret").innerText();
  expect(secret).toMatch(/^whsec_/);
  receiver.secrets.push(secret);
  await page.getByRole("button", { name: "Open the destination" }).click();
  await expect(page.getByRole("heading", { name: "Practice system", level: 1 })).toBeVisible();
  expect(await page.content()).not.toContain(secret);

  await page.getByRole("button", { name: "Send a test event" }).click();
  await expect(page.getByText("The test event was delivered")).toBeVisible();
  expect(receiver.events.map(({ type }) => type)).toEqual(["destination.test"]);

  const link = await organisation.createLink();
  await expect
    .poll(() => receiver.events.filter(({ type }) => type === "link.created"), { timeout: 20_000 })
    .toMatchObject([{ data: { linkId: link.id } }]);
  const row = page.getByRole("row", { name: /link\.created/ });
  await expect(row).toContainText("Delivered", { timeout: 20_000 });
  await expect(row).toContainText("Status 204");
  await expectAccessibleAtAllWidths(page);

  await row.getByRole("link").click();
  await expect(page.getByRole("heading", { name: "A link was created", level: 1 })).toBeVisible();
  await expect(page.getByRole("region", { name: /event data/ })).toContainText(link.id);
  await page.getByRole("link", { name: "Practice system" }).click();

  await page.getByRole("button", { name: "Rotate the secret" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Rotate" }).click();
  const dialog = page.getByRole("dialog", { name: "New signing secret" });
  const nextSecret = await dialog.getByLabel("Signing secret").innerText();
  expect(nextSecret).not.toBe(secret);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("Earlier secret")).toBeVisible();

  // Both verify during the overlap.
  receiver.secrets.push(nextSecret);
  receiver.events.length = 0;
  await page.getByRole("button", { name: "Send a test event" }).click();
  await expect.poll(() => receiver.events.length).toBe(2);

  await page.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByRole("heading", { name: "This destination is off" })).toBeVisible();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete destination" }).click();
  await expect(page.getByRole("heading", { name: "No destinations yet" })).toBeVisible();
  await receiver.stop();
});

test("the event types have examples, and events can be filtered", async ({
  page,
  organisation,
}) => {
  await organisation.createLink({ reference: "letters-0042" });
  await page.goto(`${organisation.path}/webhooks/events`);
  const row = page.getByRole("row", { name: /link\.created/ });
  await expect(row).toContainText("letters-0042");
  await page.getByLabel("Event type").selectOption("link.expired");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByRole("heading", { name: "No events of this type" })).toBeVisible();
  await page.getByRole("link", { name: "Event types" }).click();
  await page.getByText("link.booked", { exact: true }).click();
  await expect(page.getByRole("region", { name: "Example: link.booked" })).toContainText(
    '"appointmentId": "4821"',
  );
  await expectAccessibleAtAllWidths(page);
});
