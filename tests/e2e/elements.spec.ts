import { z } from "zod";
import { defaultColours } from "@/server/schemas/theme";
import { expect, test } from "./fixtures";
import {
  expectAccessible,
  expectErrorSummary,
  expectFieldError,
  expectNoHorizontalScroll,
  expectAccessibleAtAllWidths,
} from "./support/assertions";
import { signIn } from "./support/people";

test.use({ practiceGroupId: "20533" });

test("a placement is created with an origin and its subdomains, and errors are beside their fields", async ({
  page,
  pageMonitor,
  organisation,
}) => {
  await page.goto(organisation.path);
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: "Elements" })
    .click();
  await expect(page.getByRole("heading", { name: "No placements yet" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "New placement" }).click();

  const origin = page.getByRole("textbox", { name: "Origin", exact: true });
  await origin.fill("http://app.example.org");
  await origin.press("Tab");
  await expectFieldError(origin, "Use https. Only localhost can use http.");
  await page.getByRole("button", { name: "Create placement" }).click();
  await expectErrorSummary(page, "Enter a name.", "Only localhost can use http");
  await expectAccessible(page);

  await page.getByRole("textbox", { name: "Name" }).fill("Patient record");
  await origin.fill("https://app.example.org/patients");
  await page.getByRole("button", { name: "Add an origin" }).click();
  const second = page.getByRole("textbox", { name: "Origin 2" });
  await expect(second).toBeFocused();
  await second.fill("https://*.example.net");
  await page.getByRole("button", { name: "Create placement" }).click();
  await expectErrorSummary(page, "without a path", "select “All subdomains” instead");
  await expectFieldError(second, "Remove the *");

  await origin.fill("https://App.Example.org");
  await second.fill("https://co.uk");
  pageMonitor.expectFailedResponses(400, /placements\.create$/);
  await page.getByRole("checkbox", { name: "All subdomains" }).nth(1).check();
  await page.getByRole("button", { name: "Create placement" }).click();
  await expectErrorSummary(page, "Anyone can register a name under co.uk.");
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("Patient record");

  await second.fill("https://example.net");
  await expect(page.getByText("but not example.net itself")).toBeVisible();
  await page.getByRole("button", { name: "Create placement" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Patient record");
  const details = page.getByRole("region", { name: "Details", exact: true });
  await expect(details).toContainText("https://app.example.org");
  await expect(details).toContainText("https://*.example.net");
  await expect(details).toContainText(organisation.practice.name);
  await expectAccessibleAtAllWidths(page);
});

test("a placement can be changed, and its theme stays", async ({ page, organisation }) => {
  const { portal, practice } = organisation;
  const { id } = await organisation.createPlacement({
    name: "Sidebar",
    origins: ["https://one.example.org", "https://*.two.example.org"],
  });
  await page.goto(`${organisation.path}/elements/${id}/edit`);
  await expect(page.getByRole("textbox", { name: "Origin 2" })).toHaveValue(
    "https://two.example.org",
  );
  await expect(page.getByRole("checkbox", { name: "All subdomains" }).nth(1)).toBeChecked();
  await page.getByRole("button", { name: "Remove origin", exact: true }).click();
  await page.getByRole("checkbox", { name: practice.name }).uncheck();
  await page.getByLabel("Hero staff ID").fill("Dr Jones");
  await page.getByRole("button", { name: "Save" }).click();
  await expectErrorSummary(page, "Select at least one practice.", "digits only");
  await page.getByRole("checkbox", { name: practice.name }).check();
  await page.getByLabel("Hero staff ID").fill("4711");
  await page.getByRole("textbox", { name: "Name" }).fill("Sidebar, new");
  // A colleague saves a theme in the designer while the form is open.
  const theme = { font: { sans: "Inter, sans-serif" } };
  await portal.placements.setTheme.mutate({ placementId: id, theme });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sidebar, new");
  expect(await portal.placements.get.query({ placementId: id })).toMatchObject({
    name: "Sidebar, new",
    origins: ["https://*.two.example.org"],
    attributes: { adminId: "4711" },
    theme,
  });
});

test("turning a placement on or off explains what it does and what it cannot do", async ({
  page,
  app,
  organisation,
}) => {
  const { portal, practice } = organisation;
  const { id } = await organisation.createPlacement({
    name: "Front desk",
    origins: [app.url],
  });
  await page.goto(`${organisation.path}/elements/${id}`);
  const switchCard = page.getByRole("region", { name: "This placement is on" });
  await expect(switchCard).toContainText("pages stop getting new tokens straight away");
  await expect(switchCard).toContainText("valid for up to 30 minutes and cannot be revoked");
  await expect(switchCard.getByRole("status")).toHaveText("No active tokens.");

  const { key } = await portal.apiKeys.create.mutate({
    name: "Front desk",
    permissions: ["element_sessions.create"],
  });
  const post = async (path: string, headers: Record<string, string>, body: object) => {
    const response = await fetch(`${app.url}/api/v1/element-sessions${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      json: z.object({ secret: z.string().optional() }).parse(await response.json()),
    };
  };
  const sessionInput = { placementId: id, practiceGroupId: practice.practiceGroupId };
  const session = await post("", { authorization: `Bearer ${key}` }, sessionInput);
  const { secret } = session.json;
  expect((await post("/token", { origin: app.url }, { secret })).status).toBe(200);
  await page.reload();
  await expect(switchCard.getByRole("status")).toContainText(
    /Active tokens may be valid until .*(am|pm), /,
  );

  await switchCard.getByRole("button", { name: "Turn off" }).click();
  const switchedOffCard = page.getByRole("region", { name: "This placement is off" });
  await expect(switchedOffCard).toContainText("Pages get no new tokens.");
  await expect(switchedOffCard).toContainText("already issued stay valid for up to 30 minutes");
  await expect(switchedOffCard.getByRole("status")).toContainText("may be valid until");
  await expectAccessible(page);
  await page.goto(`${organisation.path}/elements`);
  await expect(page.getByRole("row", { name: /Front desk/ })).toContainText("Off");
  await page.getByRole("link", { name: "Front desk" }).click();
  await switchedOffCard.getByRole("button", { name: "Turn on" }).click();
  await expect(switchCard).toBeVisible();
});

test("reports from pages are shown as a chart and a table", async ({ page, app, organisation }) => {
  const { id } = await organisation.createPlacement({
    name: "Reports",
    origins: [],
  });
  await page.goto(`${organisation.path}/elements/${id}`);
  const reports = page.getByRole("region", { name: "Error reports" });
  await expect(reports).toContainText("No errors in the last 14 days.");
  for (const code of ["script-blocked", "script-blocked", "offline"]) {
    await fetch(`${app.url}/api/v1/element-reports`, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: JSON.stringify({ placement: id, code }),
    });
  }
  await page.reload();
  await expect(
    reports.getByRole("img", { name: "script-blocked: 2 in 14 days, at most 2 a day" }),
  ).toBeVisible();
  await reports.getByText("Show as a table").click();
  const table = reports.getByRole("table");
  await expect(table.getByRole("row")).toHaveCount(15);
  await expect(table.getByRole("row").last().getByRole("cell")).toHaveText(["2", "1"]);
  await expectAccessible(page);
});

test("the catalogue shows known, unknown and missing elements, and that Hero has a problem", async ({
  page,
  app,
  organisation,
}) => {
  const practiceWithoutElements = await organisation.portal.practices.connect.mutate({
    apiKey: await app.sandbox.createUniqueKey("20690"),
    practiceGroupId: "20690",
  });
  await page.goto(`${organisation.path}/elements/assigned`);
  const assignedElements = page.getByRole("region", { name: "Assigned elements" });
  await assignedElements.getByLabel("Practice").selectOption(organisation.practice.id);
  await assignedElements.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(new RegExp(`practice=${organisation.practice.id}`));
  await expect(assignedElements.getByRole("heading", { name: "Message Builder" })).toBeVisible();
  await expect(assignedElements).toContainText("HHMB.MESSAGE_SENT");
  await expect(assignedElements).toContainText("Hints only");
  await expect(assignedElements).toContainText("colours.typography");
  await expect(
    assignedElements.getByRole("heading", { name: "Unrecognised element" }),
  ).toBeVisible();
  await assignedElements.getByText("Data from Hero").last().click();
  await expect(assignedElements).toContainText("Waiting Room Board");
  await expectAccessible(page);

  await page.goto(`${organisation.path}/elements/assigned?practice=${practiceWithoutElements.id}`);
  await expect(
    assignedElements.getByRole("heading", { name: /Hero has assigned no elements to/ }),
  ).toBeVisible();

  await app.sandbox.injectFault({
    operation: "listElements",
    key: organisation.apiKey,
    status: 500,
    times: 5,
  });
  await page.goto(`${organisation.path}/elements/assigned?practice=${organisation.practice.id}`);
  await expect(
    assignedElements.getByRole("heading", { name: "Could not load elements from Hero" }),
  ).toBeVisible();
});

test("a viewer sees placements without actions, and why", async ({ page, app }) => {
  const tenant = app.demo.tenants.find(({ users }) => users.some(({ role }) => role === "viewer"));
  const viewer = tenant?.users.find(({ role }) => role === "viewer");
  if (!tenant || !viewer) throw new Error("The demo has no viewer.");
  await signIn(page, viewer);
  const path = `/${tenant.slug}/sandbox/elements`;
  await page.goto(path);
  await expect(page.getByText("can create and change placements").first()).toBeVisible();
  for (const name of ["New placement", "Use Message Builder"]) {
    await expect(page.getByRole("link", { name })).toHaveCount(0);
  }
  await page.getByRole("table").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "This placement is on" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Turn off" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Edit" })).toHaveCount(0);
  await page.getByRole("link", { name: "Designer" }).click();
  await expect(page.getByText("You do not have permission to change the theme")).toBeVisible();
  await expect(page.getByText("You do not have permission to use elements")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save theme" })).toHaveCount(0);
  const designerUrl = page.url();
  for (const [address, message] of [
    [`${path}/new`, "You do not have permission to create placements"],
    [designerUrl.replace(/designer$/, "edit"), "You do not have permission to edit placements"],
    [`${path}/message-builder`, "You do not have permission to use elements"],
  ] as const) {
    await page.goto(address);
    await expect(page.getByText(message)).toBeVisible();
    await expect(page.getByRole("main").getByRole("textbox")).toHaveCount(0);
  }
});

test("every elements screen fits desktop and phone, in light and dark mode", async ({
  page,
  organisation,
}) => {
  test.slow();
  const { id } = await organisation.createPlacement({
    name: "Patient record, a name as long as names in products come to be",
    origins: ["https://app.example.org", "https://*.a-rather-long-name-of-a-host.example.org"],
    theme: { colours: defaultColours },
    attributes: { adminId: "4711" },
  });
  for (const suffix of [
    "",
    "/assigned",
    "/scripts",
    "/new",
    "/message-builder",
    `/${id}`,
    `/${id}/edit`,
    `/${id}/designer`,
    `/${id}/code`,
  ]) {
    await page.goto(`${organisation.path}/elements${suffix}`);
    await expect(page.getByRole("main").locator("[aria-busy=true]")).toHaveCount(0);
    for (const width of [1280, 390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await expectNoHorizontalScroll(page);
      if (width === 320) continue;
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await expectAccessible(page, colorScheme === "light" ? "all" : "visual");
      }
    }
  }
});
