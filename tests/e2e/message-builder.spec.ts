import { expect, test } from "./fixtures";
import { confirmPatient, lookUpByNhsNumber } from "./support/patient-lookup";
import { expectAccessible, expectNoHorizontalScroll } from "./support/assertions";
import { findMessageBuilder } from "./support/message-builder";

test.use({ practiceGroupId: "30182" });

test("a message is sent to a patient, whose id is in no address", async ({
  page,
  app,
  organisation,
}) => {
  const urls: string[] = [];
  page.on("framenavigated", (frame) => urls.push(frame.url()));
  const patient = (await app.sandbox.listPatients(organisation.practice.practiceGroupId)).find(
    (candidate) =>
      !candidate.isArchived &&
      !candidate.isDeceased &&
      !candidate.isRestricted &&
      !candidate.needsLogin,
  );
  if (!patient?.patientId) throw new Error("The practice has no patient.");
  await page.goto(`${organisation.path}/elements/message-builder`);
  await expect(page.getByRole("main")).toContainText("Sandbox");
  await expectAccessible(page);
  await page.getByRole("radio", { name: "One patient" }).check();
  await expect(page.getByRole("button", { name: "Open the Message Builder" })).toHaveCount(0);
  await lookUpByNhsNumber(page, patient);
  await confirmPatient(page);
  await page.getByRole("button", { name: "Open the Message Builder" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Message Builder" })).toBeFocused();

  const frame = page.locator("iframe[title='Message Builder']");
  await expect(frame).toHaveAttribute("sandbox", "allow-scripts allow-same-origin allow-forms");
  const element = findMessageBuilder(page.frameLocator("iframe[title='Message Builder']"));
  await expect(element.host).toHaveAttribute("patient-id", patient.patientId);
  await expect(element.host).toHaveAttribute("tenant-id", organisation.practice.practiceGroupId);
  await expectAccessible(page);
  const text = `From the portal ${crypto.randomUUID()}`;
  await element.send(text);
  await expect(page.getByText("This is not proof")).toBeVisible();
  const sent = (await app.sandbox.listMessages()).filter((message) => message.text === text);
  expect(sent).toEqual([expect.objectContaining({ patientId: patient.patientId })]);
  for (const address of urls) expect(address).not.toContain(patient.patientId);
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 700 });
    await expectNoHorizontalScroll(page);
  }

  await page.getByRole("button", { name: "Close" }).click();
  await expect(frame).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Open the Message Builder" })).toBeFocused();
});

test("errors are explained: Hero has a problem, its script is blocked, the session is rejected", async ({
  page,
  pageMonitor,
  app,
  organisation,
}) => {
  const open = page.getByRole("button", { name: "Open the Message Builder" });
  const alert = page.getByRole("main").getByRole("alert");
  pageMonitor.expectFailedResponses(502, /element-sessions\/token$/);
  await page.goto(`${organisation.path}/elements/message-builder`);
  await app.sandbox.injectFault({
    operation: "createAccessToken",
    key: organisation.apiKey,
    status: 500,
  });
  await open.click();
  await expect(alert).toContainText("Hero did not issue a token.");
  await expect(alert).toContainText("It will retry automatically.");
  await page.getByRole("button", { name: "Close" }).click();

  await page.route("**/web-component/latest.js", (route) =>
    route.fulfill({ status: 404, body: "" }),
  );
  pageMonitor.expectFailedResponses(404, /web-component\/latest\.js$/);
  await open.click();
  await expect(alert).toContainText("Hero's script did not load, or did not define the element.");
  await page.unroute("**/web-component/latest.js");
  await alert.getByRole("button", { name: "Reload" }).click();
  await expect(
    findMessageBuilder(page.frameLocator("iframe[title='Message Builder']")).field,
  ).toBeVisible();
  await expect(alert).toHaveCount(0);
  await page.getByRole("button", { name: "Close" }).click();

  await organisation.portal.practices.disconnect.mutate({ practiceId: organisation.practice.id });
  pageMonitor.expectFailedResponses(404, /elementSessions\.create$/);
  await open.click();
  await expect(alert).toContainText("The session was not created");
});

test("a practice without the element says so, unlike a problem at Hero", async ({
  page,
  app,
  organisation,
}) => {
  const practiceWithoutElements = await organisation.portal.practices.connect.mutate({
    apiKey: await app.sandbox.createUniqueKey("20690"),
    practiceGroupId: "20690",
  });
  await page.goto(`${organisation.path}/elements/message-builder`);
  await page.getByRole("combobox", { name: "Practice" }).selectOption(practiceWithoutElements.id);
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByRole("heading", { name: /Hero has assigned no elements/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Open the Message Builder" })).toHaveCount(0);
  await expectAccessible(page);

  await app.sandbox.injectFault({
    operation: "listElements",
    key: organisation.apiKey,
    status: 500,
    times: 5,
  });
  await page.goto(
    `${organisation.path}/elements/message-builder?practice=${organisation.practice.id}`,
  );
  await expect(
    page.getByRole("heading", { name: "Could not load elements from Hero" }),
  ).toBeVisible();
  await expect(page.getByRole("button", { name: "Open the Message Builder" })).toHaveCount(0);
});
