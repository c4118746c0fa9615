import { expect, test } from "./fixtures";
import { confirmPatient, lookUpByNumber } from "./support/find-patient";
import { expectAccessible, expectNoSidewaysScroll } from "./support/screen";
import { openStandIn } from "./support/stand-in-element";

test.use({ practiceGroupId: "30182" });

test("a message is really sent to a patient, whose id stands in no address", async ({
  page,
  house,
  office,
}) => {
  const addresses: string[] = [];
  page.on("framenavigated", (frame) => addresses.push(frame.url()));
  const patient = (await house.sandbox.everyone(office.practice.practiceGroupId)).find(
    (each) => !each.isArchived && !each.isDeceased && !each.isRestricted && !each.needsLogin,
  );
  if (!patient?.patientId) throw new Error("The practice has no patient.");
  await page.goto(`${office.path}/elements/use`);
  await expect(page.getByRole("main")).toContainText("Sandbox");
  await expectAccessible(page);
  await page.getByRole("radio", { name: "One patient" }).check();
  await expect(page.getByRole("button", { name: "Open the Message Builder" })).toHaveCount(0);
  await lookUpByNumber(page, patient);
  await confirmPatient(page);
  await page.getByRole("button", { name: "Open the Message Builder" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Message Builder" })).toBeFocused();

  const frame = page.locator("iframe[title='Message Builder']");
  await expect(frame).toHaveAttribute("sandbox", "allow-scripts allow-same-origin allow-forms");
  const element = openStandIn(page.frameLocator("iframe[title='Message Builder']"));
  await expect(element.host).toHaveAttribute("patient-id", patient.patientId);
  await expect(element.host).toHaveAttribute("tenant-id", office.practice.practiceGroupId);
  await expectAccessible(page);
  const text = `From the portal ${crypto.randomUUID()}`;
  await element.send(text);
  await expect(page.getByText("It is a hint and no proof")).toBeVisible();
  const sent = (await house.sandbox.messages()).filter((message) => message.text === text);
  expect(sent).toEqual([expect.objectContaining({ patientId: patient.patientId })]);
  for (const address of addresses) expect(address).not.toContain(patient.patientId);
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 700 });
    await expectNoSidewaysScroll(page);
  }

  await page.getByRole("button", { name: "Close" }).click();
  await expect(frame).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Open the Message Builder" })).toBeFocused();
});

test("what goes wrong is said: Hero in trouble, its script blocked, the session refused", async ({
  page,
  watch,
  house,
  office,
}) => {
  const open = page.getByRole("button", { name: "Open the Message Builder" });
  const alert = page.getByRole("main").getByRole("alert");
  watch.expectRefusals(502, /element-sessions\/token$/);
  await page.goto(`${office.path}/elements/use`);
  await house.sandbox.breakNext({
    operation: "createAccessToken",
    key: office.apiKey,
    status: 500,
  });
  await open.click();
  await expect(alert).toContainText("Hero gave no token.");
  await expect(alert).toContainText("It tries again by itself.");
  await page.getByRole("button", { name: "Close" }).click();

  await page.route("**/web-component/latest.js", (route) =>
    route.fulfill({ status: 404, body: "" }),
  );
  watch.expectRefusals(404, /web-component\/latest\.js$/);
  await open.click();
  await expect(alert).toContainText("Hero's script did not load, or did not define the element.");
  await page.unroute("**/web-component/latest.js");
  await alert.getByRole("button", { name: "Open it anew" }).click();
  await expect(
    openStandIn(page.frameLocator("iframe[title='Message Builder']")).field,
  ).toBeVisible();
  await expect(alert).toHaveCount(0);
  await page.getByRole("button", { name: "Close" }).click();

  await office.portal.practices.disconnect.mutate({ practiceId: office.practice.id });
  watch.expectRefusals(404, /elementSessions\.open$/);
  await open.click();
  await expect(alert).toContainText("No session was opened");
});

test("a practice without the element is said to have none, and Hero's trouble is another state", async ({
  page,
  house,
  office,
}) => {
  const none = await office.portal.practices.connect.mutate({
    apiKey: await house.sandbox.keyOf("20690"),
    practiceGroupId: "20690",
  });
  await page.goto(`${office.path}/elements/use`);
  await page.getByRole("combobox", { name: "Practice" }).selectOption(none.id);
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByRole("heading", { name: /Hero has assigned no element/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Open the Message Builder" })).toHaveCount(0);
  await expectAccessible(page);

  await house.sandbox.breakNext({
    operation: "listElements",
    key: office.apiKey,
    status: 500,
    times: 5,
  });
  await page.goto(`${office.path}/elements/use?practice=${office.practice.id}`);
  await expect(page.getByRole("heading", { name: "Hero's list could not be read" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Open the Message Builder" })).toHaveCount(0);
});
