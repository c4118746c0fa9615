import { expect, test } from "./fixtures";
import { expectAccessible, expectAccessibleAtAllWidths } from "./support/assertions";
import { startEventReceiver } from "./support/event-receiver";
import { confirmBooking, confirmDateOfBirth, selectFirstSlot } from "./support/patient-pages";

test.use({ practiceGroupId: "20417" });
test.setTimeout(120_000);

/** On a busy machine. Nothing is pressed and no page is reloaded meanwhile. */
const soon = { timeout: 20_000 };

test("a booking in the sandbox shows on every open page and reaches the partner's server", async ({
  page,
  context,
  organisation,
  patient,
  patientPage,
}) => {
  const name = organisation.practice.name;
  await page.goto(`${organisation.path}/webhooks`);
  await expectAccessible(page);
  await page.getByRole("checkbox", { name: `Appointment booked – ${name}` }).check();
  await page.getByRole("checkbox", { name: `Appointment cancelled – ${name}` }).check();
  await page.getByRole("button", { name: "Save" }).click();
  const endpoints = page.getByRole("region", { name: `Webhooks of ${name}` });
  const endpoint = endpoints.getByRole("row", { name: /Appointment booked/ });
  await expect(endpoint).toContainText("Registered", soon);
  await endpoint.getByRole("button", { name: /^Test/ }).click();
  await expect(page.getByText(/The endpoint responded/)).toBeVisible();
  await expect(endpoint).toContainText("None yet");
  await expectAccessibleAtAllWidths(page);

  const receiver = await startEventReceiver();
  const { secret } = await organisation.portal.destinations.create.mutate({
    name: "Practice system",
    url: receiver.url,
    eventTypes: ["link.booked"],
    practiceIds: [],
  });
  receiver.secrets.push(secret);

  const link = await organisation.createLink({ patientId: patient.patientId, maxUses: 1 });
  await page.goto(`${organisation.path}/links`);
  const linkPage = await context.newPage();
  await linkPage.goto(`${organisation.path}/links/${link.id}`);
  const overview = await context.newPage();
  await overview.goto(organisation.path);
  const bookedSinceYesterday = overview.getByRole("link", { name: /Booked since yesterday/ });
  await expect(bookedSinceYesterday).toContainText("0");

  await patientPage.goto(link.url ?? "");
  await confirmDateOfBirth(patientPage, patient.dateOfBirth);
  await selectFirstSlot(patientPage);
  await confirmBooking(patientPage);

  await expect(
    linkPage.getByRole("heading", { name: "Appointments booked with this link" }),
  ).toBeVisible(soon);
  await overview.bringToFront();
  await expect(bookedSinceYesterday).toContainText("1", soon);
  await page.bringToFront();
  await expect(
    page
      .getByRole("row")
      .filter({ hasText: link.name ?? "" })
      .last(),
  ).toContainText("Booked", soon);
  await expect
    .poll(() => receiver.events, soon)
    .toMatchObject([{ type: "link.booked", data: { linkId: link.id } }]);
  await page.goto(`${organisation.path}/webhooks`);
  await expect(endpoint).not.toContainText("None yet");
  await receiver.stop();
});

test("a registration that Hero refuses is explained and can be repaired", async ({
  page,
  app,
  organisation,
}) => {
  const { name } = organisation.practice;
  await app.sandbox.injectFault({
    operation: "createWebhook",
    key: organisation.apiKey,
    status: 403,
  });
  await page.goto(`${organisation.path}/webhooks`);
  await page.getByRole("checkbox", { name: `Appointment booked – ${name}` }).check();
  await page.getByRole("button", { name: "Save" }).click();

  const endpoint = page
    .getByRole("region", { name: `Webhooks of ${name}` })
    .getByRole("row", { name: /Appointment booked/ });
  await expect(endpoint).toContainText("Not registered", soon);
  await expect(endpoint).toContainText("does not allow this key to use webhooks");
  const difference = page.getByText("Hero's webhooks differ from what is selected");
  await expect(difference).toBeVisible();
  await expectAccessibleAtAllWidths(page);

  await page.getByRole("button", { name: "Repair" }).click();
  await expect(endpoint).toContainText("Registered", soon);
  await expect(difference).toHaveCount(0);
  expect(await app.sandbox.countCalls("createWebhook", organisation.apiKey)).toBe(2);

  await endpoint.getByRole("link", { name: "Appointment booked" }).click();
  await expect(
    page.getByRole("heading", { name: "appointment.confirmed", level: 1 }),
  ).toBeVisible();
});
