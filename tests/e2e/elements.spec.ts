import { z } from "zod";
import { startingColours } from "@/server/schemas/theme";
import { expect, test } from "./fixtures";
import {
  expectAccessible,
  expectErrorSummary,
  expectFieldError,
  expectNoSidewaysScroll,
} from "./support/screen";
import { signIn } from "./support/people";

test.use({ practiceGroupId: "20533" });

test("a placement is made with an origin and its subdomains, and faults stand beside their fields", async ({
  page,
  watch,
  office,
}) => {
  await page.goto(office.path);
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: "Elements" })
    .click();
  await expect(page.getByRole("heading", { name: "No placement yet" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "New placement" }).click();

  const origin = page.getByRole("textbox", { name: "Origin", exact: true });
  await origin.fill("http://app.example.org");
  await origin.press("Tab");
  await expectFieldError(origin, "Only this machine's own pages (localhost) may go without https.");
  await page.getByRole("button", { name: "Make the placement" }).click();
  await expectErrorSummary(page, "Enter a name.", "Only this machine's own pages");
  await expectAccessible(page);

  await page.getByRole("textbox", { name: "Name" }).fill("Patient record");
  await origin.fill("https://app.example.org/patients");
  await page.getByRole("button", { name: "Add an origin" }).click();
  const second = page.getByRole("textbox", { name: "Origin 2" });
  await expect(second).toBeFocused();
  await second.fill("https://*.example.net");
  await page.getByRole("button", { name: "Make the placement" }).click();
  await expectErrorSummary(page, "without a path", "tick “All subdomains” instead");
  await expectFieldError(second, "Leave out the *");

  await origin.fill("https://App.Example.org");
  await second.fill("https://co.uk");
  watch.expectRefusals(400, /placements\.create$/);
  await page.getByRole("checkbox", { name: "All subdomains" }).nth(1).check();
  await page.getByRole("button", { name: "Make the placement" }).click();
  await expectErrorSummary(page, "Strangers have names under co.uk.");
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("Patient record");

  await second.fill("https://example.net");
  await expect(page.getByText("and not example.net itself")).toBeVisible();
  await page.getByRole("button", { name: "Make the placement" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Patient record");
  const facts = page.getByRole("region", { name: "What it is" });
  await expect(facts).toContainText("https://app.example.org");
  await expect(facts).toContainText("https://*.example.net");
  await expect(facts).toContainText(office.practice.name);
  for (const width of [1280, 390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoSidewaysScroll(page);
    if (width !== 320) await expectAccessible(page);
  }
});

test("a placement is changed, and its theme stays as it is", async ({ page, office }) => {
  const { portal, practice } = office;
  const { id } = await portal.placements.create.mutate({
    element: "hh-message-builder",
    name: "Sidebar",
    practiceIds: [practice.id],
    origins: ["https://one.example.org", "https://*.two.example.org"],
    theme: null,
    attributes: {},
  });
  await page.goto(`${office.path}/elements/${id}/edit`);
  await expect(page.getByRole("textbox", { name: "Origin 2" })).toHaveValue(
    "https://two.example.org",
  );
  await expect(page.getByRole("checkbox", { name: "All subdomains" }).nth(1)).toBeChecked();
  await page.getByRole("button", { name: "Remove origin", exact: true }).click();
  await page.getByRole("checkbox", { name: practice.name }).uncheck();
  await page.getByLabel("Hero's id of the member of staff").fill("Dr Jones");
  await page.getByRole("button", { name: "Save" }).click();
  await expectErrorSummary(page, "Choose at least one practice.", "digits only");
  await page.getByRole("checkbox", { name: practice.name }).check();
  await page.getByLabel("Hero's id of the member of staff").fill("4711");
  await page.getByRole("textbox", { name: "Name" }).fill("Sidebar, new");
  // A colleague saves a theme in the studio while the form is open.
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

test("the switch says what it does and what it cannot do", async ({ page, house, office }) => {
  const { portal, practice } = office;
  const { id } = await portal.placements.create.mutate({
    element: "hh-message-builder",
    name: "Front desk",
    practiceIds: [practice.id],
    origins: [house.url],
    theme: null,
    attributes: {},
  });
  await page.goto(`${office.path}/elements/${id}`);
  const card = page.getByRole("region", { name: "Switched on" });
  await expect(card).toContainText("no page gets another one, from that moment on");
  await expect(card).toContainText("good at Hero for up to 30 minutes");
  await expect(card.getByRole("status")).toHaveText("No token is out now.");

  const { key } = await portal.apiKeys.create.mutate({
    name: "Front desk",
    permissions: ["element_sessions.create"],
  });
  const post = async (path: string, headers: Record<string, string>, body: object) => {
    const answer = await fetch(`${house.url}/api/v1/element-sessions${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return {
      status: answer.status,
      json: z.object({ secret: z.string().optional() }).parse(await answer.json()),
    };
  };
  const asked = { placementId: id, practiceGroupId: practice.practiceGroupId };
  const session = await post("", { authorization: `Bearer ${key}` }, asked);
  const { secret } = session.json;
  expect((await post("/token", { origin: house.url }, { secret })).status).toBe(200);
  await page.reload();
  await expect(card.getByRole("status")).toContainText(
    /A token that is out now may be good until .* (GMT|BST)/,
  );

  await card.getByRole("button", { name: "Switch off" }).click();
  const off = page.getByRole("region", { name: "Switched off" });
  await expect(off).toContainText("No page gets a token.");
  await expect(off).toContainText("already out stay good at Hero for up to 30 minutes");
  await expect(off.getByRole("status")).toContainText("may be good until");
  await expectAccessible(page);
  await page.goto(`${office.path}/elements`);
  await expect(page.getByRole("row", { name: /Front desk/ })).toContainText("Off");
  await page.getByRole("link", { name: "Front desk" }).click();
  await off.getByRole("button", { name: "Switch on" }).click();
  await expect(card).toBeVisible();
});

test("what pages report is drawn, and told in a table", async ({ page, house, office }) => {
  const { id } = await office.portal.placements.create.mutate({
    element: "hh-message-builder",
    name: "Reports",
    practiceIds: [office.practice.id],
    origins: [],
    theme: null,
    attributes: {},
  });
  await page.goto(`${office.path}/elements/${id}`);
  const reports = page.getByRole("region", { name: "What pages report" });
  await expect(reports).toContainText("No page has told of any trouble");
  for (const code of ["script-blocked", "script-blocked", "offline"]) {
    await fetch(`${house.url}/api/v1/element-reports`, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: JSON.stringify({ placement: id, code }),
    });
  }
  await page.reload();
  await expect(
    reports.getByRole("img", { name: "script-blocked: 2 in 14 days, at most 2 a day" }),
  ).toBeVisible();
  await reports.getByText("The same as a table").click();
  const table = reports.getByRole("table");
  await expect(table.getByRole("row")).toHaveCount(15);
  await expect(table.getByRole("row").last().getByRole("cell")).toHaveText(["2", "1"]);
  await expectAccessible(page);
});

test("the catalogue tells what is known, what is not, what is missing and when Hero is in trouble", async ({
  page,
  house,
  office,
}) => {
  const none = await office.portal.practices.connect.mutate({
    apiKey: await house.sandbox.keyOf("20690"),
    practiceGroupId: "20690",
  });
  await page.goto(`${office.path}/elements`);
  const catalogue = page.getByRole("region", { name: "What Hero has assigned" });
  await catalogue.getByLabel("Practice").selectOption(office.practice.id);
  await catalogue.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(new RegExp(`practice=${office.practice.id}`));
  await expect(catalogue.getByRole("heading", { name: "Message Builder" })).toBeVisible();
  await expect(catalogue).toContainText("HHMB.MESSAGE_SENT");
  await expect(catalogue).toContainText("Hints only");
  await expect(catalogue).toContainText("colours.typography");
  await expect(catalogue.getByRole("heading", { name: "An element we do not know" })).toBeVisible();
  await catalogue.getByText("As Hero sent it").last().click();
  await expect(catalogue).toContainText("Waiting Room Board");
  await expectAccessible(page);

  await page.goto(`${office.path}/elements?practice=${none.id}`);
  await expect(
    catalogue.getByRole("heading", { name: /Hero has assigned no element to/ }),
  ).toBeVisible();

  await house.sandbox.breakNext({
    operation: "listElements",
    key: office.apiKey,
    status: 500,
    times: 5,
  });
  await page.goto(`${office.path}/elements?practice=${office.practice.id}`);
  await expect(
    catalogue.getByRole("heading", { name: "Hero's list could not be read" }),
  ).toBeVisible();
});

test("a viewer sees placements without the acts, and is told why", async ({ page, house }) => {
  const tenant = house.demo.tenants.find(({ users }) =>
    users.some(({ role }) => role === "viewer"),
  );
  const viewer = tenant?.users.find(({ role }) => role === "viewer");
  if (!tenant || !viewer) throw new Error("The demo has no viewer.");
  await signIn(page, viewer);
  const path = `/${tenant.slug}/sandbox/elements`;
  await page.goto(path);
  await expect(page.getByText("can make and change placements").first()).toBeVisible();
  for (const name of ["New placement", "Use Message Builder"]) {
    await expect(page.getByRole("link", { name })).toHaveCount(0);
  }
  await page.getByRole("table").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "Switched on" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Switch off" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Edit" })).toHaveCount(0);
  await page.getByRole("link", { name: "Studio" }).click();
  await expect(page.getByText("Your role does not change the theme")).toBeVisible();
  await expect(page.getByText("Your role does not open elements")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save the theme" })).toHaveCount(0);
  const studio = page.url();
  for (const [address, words] of [
    [`${path}/new`, "Your role does not make placements"],
    [studio.replace(/studio$/, "edit"), "Your role does not change placements"],
    [`${path}/use`, "Your role does not use elements"],
  ] as const) {
    await page.goto(address);
    await expect(page.getByText(words)).toBeVisible();
    await expect(page.getByRole("main").getByRole("textbox")).toHaveCount(0);
  }
});

test("every screen is whole on a desk and on a phone, by day and in the dark", async ({
  page,
  office,
}) => {
  test.slow();
  const { id } = await office.portal.placements.create.mutate({
    element: "hh-message-builder",
    name: "Patient record, a name as long as names in products come to be",
    practiceIds: [office.practice.id],
    origins: ["https://app.example.org", "https://*.a-rather-long-name-of-a-host.example.org"],
    theme: { colours: startingColours },
    attributes: { adminId: "4711" },
  });
  for (const room of ["", "/new", "/use", `/${id}`, `/${id}/edit`, `/${id}/studio`]) {
    await page.goto(`${office.path}/elements${room}`);
    await expect(page.getByRole("main").locator("[aria-busy=true]")).toHaveCount(0);
    for (const width of [1280, 390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await expectNoSidewaysScroll(page);
      if (width === 320) continue;
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await expectAccessible(page, colorScheme === "light" ? "all" : "looks");
      }
    }
  }
});
