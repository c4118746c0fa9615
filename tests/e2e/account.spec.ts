import type { Page } from "@playwright/test";
import { expect, type App, test } from "./fixtures";
import { createPersonDetails, type Person, signIn, signUpByApi } from "./support/people";
import { expectErrorSummary, expectFieldError } from "./support/assertions";

const wrongCredentialsText = "The email address or password is incorrect.";

async function submitSignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function signUpNewPerson(app: App): Promise<Person> {
  const person = createPersonDetails();
  await signUpByApi(app.url, app.sandbox, person);
  return person;
}

const accountMenu = (page: Page) => page.getByRole("button", { name: /account of/ });

function demoUser(app: App, role: string) {
  const [tenant] = app.demo.tenants;
  const user = tenant?.users.find((candidate) => candidate.role === role);
  if (!tenant || !user) throw new Error(`The demo has no ${role}.`);
  return { ...user, path: `/${tenant.slug}/sandbox` };
}

test("a wrong password and an unknown address get the same message", async ({ page, owner }) => {
  await page.goto("/sign-in");
  await submitSignIn(page, owner.person.email, "not the password");
  await expectErrorSummary(page, wrongCredentialsText);
  await expect(page.getByLabel("Email address")).toHaveValue(owner.person.email);
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");

  await page.goto("/sign-in");
  await submitSignIn(page, createPersonDetails().email, "not the password");
  await expectErrorSummary(page, wrongCredentialsText);

  await submitSignIn(page, "somebody@@example", "");
  await expectErrorSummary(page, "Enter an email address, like", "Enter your password.");
  await expectFieldError(page.getByLabel("Email address"), "Enter an email address, like");
});

test("sign-up asks for missing fields and does not reveal existing accounts", async ({
  page,
  app,
  owner,
}) => {
  await page.goto("/sign-up");
  const create = page.getByRole("button", { name: "Create account" });
  await create.click();
  await expectErrorSummary(page, "Enter your name.", "Enter your email", "Enter a password.");

  await page.getByLabel("Your name").fill("Petra \u202eeborP");
  await page.getByLabel("Email address").fill("petra@example");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await create.click();
  await expectErrorSummary(page, "Remove hidden or control characters.");
  await expectFieldError(page.getByLabel("Email address"), "Enter an email address, like");
  await expectFieldError(page.getByLabel("Password", { exact: true }), "at least 12 characters");

  await page.getByLabel("Your name").fill("Petra Probe");
  await page.getByLabel("Email address").fill(owner.person.email);
  await page.getByLabel("Password", { exact: true }).fill("twelve characters");
  await create.click();
  await expect(page.getByRole("heading", { name: "Check your email" })).toBeFocused();
  await app.sandbox.waitForEmail(owner.person.email, /already/i);
});

test("E6: after a sign-in attempt the first email still works, and another can be sent", async ({
  page,
  otherBrowser,
  app,
}) => {
  const person = createPersonDetails();
  await page.goto("/sign-up");
  await page.getByLabel("Your name").fill(person.name);
  await page.getByLabel("Email address").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("button", { name: "Send again" })).toBeVisible();
  const firstEmail = await app.sandbox.waitForEmail(person.email, /^Confirm/);
  const link = firstEmail.links[0] ?? "";

  await page.goto("/sign-in");
  await submitSignIn(page, person.email, person.password);
  await expectErrorSummary(page, "Your email address is not confirmed yet.");
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByRole("status")).toContainText("Sent again.");

  const elsewhere = await (await otherBrowser()).newPage();
  await elsewhere.goto(link);
  await expect(elsewhere.getByLabel("Password", { exact: true })).toBeVisible();
  await elsewhere.getByRole("link", { name: "Send again" }).click();
  await expect(elsewhere.getByRole("button", { name: "Send again" })).toBeVisible();

  await page.goto(link);
  await expect(page.getByLabel("Password", { exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "Confirm and sign in" }).click();
  await expect(page).toHaveURL("/new-organisation");
});

test("a page requested while signed out opens after signing in, and not after signing out", async ({
  page,
  app,
}) => {
  const { path, email, password } = demoUser(app, "viewer");
  await page.goto(`${path}/practices`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await submitSignIn(page, email, password);
  await expect(page).toHaveURL(`${path}/practices`);

  await accountMenu(page).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
  await page.goto(`${path}/practices`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
});

test("a forgotten password is replaced by email, and old sessions end", async ({
  page,
  otherBrowser,
  app,
}) => {
  const person = await signUpNewPerson(app);
  const oldPage = await (await otherBrowser()).newPage();
  await signIn(oldPage, person);

  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("Email address").fill(person.email);
  await page.getByRole("button", { name: "Email me a link" }).click();
  await expect(page.getByRole("heading", { name: "Check your email" })).toBeFocused();
  const email = await app.sandbox.waitForEmail(person.email, /^Choose a new password/);
  const [link] = email.links;
  await page.goto(link ?? "");
  const newPassword = `${person.password} again`;
  await page.getByLabel("New password").fill("too short");
  await page.getByRole("button", { name: "Save new password" }).click();
  await expectErrorSummary(page, "Use at least 12 characters.");
  await page.getByLabel("New password").fill(newPassword);
  await page.getByRole("button", { name: "Save new password" }).click();
  await expect(page.getByRole("status")).toContainText("Your password has been changed");

  await submitSignIn(page, person.email, person.password);
  await expectErrorSummary(page, wrongCredentialsText);
  await submitSignIn(page, person.email, newPassword);
  await expect(page).toHaveURL("/new-organisation");
  await oldPage.reload();
  await expect(oldPage).toHaveURL(/\/sign-in/);

  await page.goto(link ?? "");
  await page.getByLabel("New password").fill(`${newPassword} twice`);
  await page.getByRole("button", { name: "Save new password" }).click();
  await expectErrorSummary(page, "link");
  await expect(page).toHaveURL(/\/reset-password/);
});

test("a session can be ended from another browser", async ({ page, otherBrowser, app }) => {
  const person = await signUpNewPerson(app);
  const other = await (await otherBrowser()).newPage();
  await signIn(other, person);
  await signIn(page, person);
  await page.goto("/account");
  const sessions = page.getByRole("region", { name: "Where you are signed in" });
  await expect(sessions.getByRole("listitem")).toHaveCount(2);
  await expect(sessions.getByText("This session")).toHaveCount(1);
  await sessions.getByRole("button", { name: /^Sign out Chrome on/ }).click();
  await expect(sessions.getByRole("status")).toContainText("Session signed out.");
  await expect(sessions.getByRole("listitem")).toHaveCount(1);

  await other.goto("/account");
  await expect(other).toHaveURL(/\/sign-in/);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your account");
});

test("a viewer sees every page and no action they cannot do", async ({ page, app }) => {
  const viewer = demoUser(app, "viewer");
  await signIn(page, viewer);
  for (const path of ["", "/links", "/practices"]) {
    await page.goto(viewer.path + path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(
      page.getByRole("link", { name: /new link|make a|connect a practice/i }),
    ).toHaveCount(0);
  }
  await expect(page.getByRole("main")).toContainText("can connect practices and replace keys");
  await page.getByRole("main").getByRole("link").first().click();
  await expect(page.getByRole("region", { name: "Health" })).toBeVisible();
  await expect(page.getByRole("button", { name: /replace|disconnect|nickname/i })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Activity" })).toHaveCount(0);

  const lockedPages = [
    ["/links/new", "You do not have permission to create links"],
    ["/practices/connect", "You do not have permission to connect practices"],
    ["/activity", "You do not have permission to see activity"],
  ] as const;
  for (const [path, message] of lockedPages) {
    await page.goto(viewer.path + path);
    await expect(page.getByText(message)).toBeVisible();
    await expect(page.getByRole("main").getByRole("textbox")).toHaveCount(0);
  }
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search and commands" });
  await expect(palette.getByRole("option", { name: "Links" })).toBeVisible();
  await expect(palette.getByRole("option", { name: /new|connect/i })).toHaveCount(0);
});

test("a person in two organisations selects one and can change to the other", async ({
  page,
  app,
}) => {
  const person = await signUpNewPerson(app);
  await signIn(page, person);
  const slug = (name: string) => `${name}-${person.email.slice(6, 14)}`;
  const create = page.getByRole("button", { name: "Create organisation" });

  await page.getByLabel("Name", { exact: true }).fill("Alder House");
  await page.getByLabel("Short name").fill("Sign-Up!");
  await create.click();
  await expectErrorSummary(page, "Use 3 to 40 lower-case letters");
  await page.getByLabel("Short name").fill("support");
  await create.click();
  await expectErrorSummary(page, "This short name is reserved.");
  await page.getByLabel("Short name").fill(slug("alder"));
  await create.click();
  await expect(page).toHaveURL(`/${slug("alder")}/sandbox`);

  await page.getByRole("button", { name: "Organisation: Alder House" }).click();
  await page.getByRole("link", { name: "New organisation" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Birch House");
  await page.getByLabel("Short name").fill(slug("alder"));
  await create.click();
  await expectFieldError(page.getByLabel("Short name"), /taken|another/);
  await page.getByLabel("Short name").fill(slug("birch"));
  await create.click();
  await expect(page).toHaveURL(`/${slug("birch")}/sandbox`);

  await page.getByRole("button", { name: "Organisation: Birch House" }).click();
  await page.getByRole("link", { name: /^Alder House/ }).click();
  await expect(page).toHaveURL(`/${slug("alder")}/sandbox`);
  await expect(page.getByRole("button", { name: "Organisation: Alder House" })).toBeVisible();

  await page.goto("/organisations");
  await page
    .getByRole("main")
    .getByRole("link", { name: /Birch House/ })
    .click();
  await expect(page).toHaveURL(`/${slug("birch")}/sandbox`);
});

test("the end of a session is announced in advance", async ({ page, organisation }) => {
  await page.clock.install();
  await page.goto(organisation.path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.clock.fastForward("58:30");
  const warning = page.getByRole("alert").filter({ hasText: "signed out" });
  await expect(warning).toContainText("You will be signed out in");
  await page.clock.fastForward("02:00");
  await expect(warning).toContainText("You have been signed out.");
  await expect(warning.getByRole("link", { name: "Sign in" })).toHaveAttribute(
    "href",
    `/sign-in?next=${encodeURIComponent(organisation.path)}`,
  );
});

test("E8: when the portal was updated, the form says so and keeps what was typed", async ({
  page,
  pageMonitor,
}) => {
  pageMonitor.expectFailedResponses(409, /\/sign-in$/);
  // An action that no build has.
  await page.route("**/sign-in", async (route) => {
    const headers = route.request().headers();
    if (!headers["next-action"]) return route.fallback();
    await route.continue({ headers: { ...headers, "next-action": `40${"0".repeat(38)}ab` } });
  });
  await page.goto("/sign-in");
  await page.getByLabel("Email address").fill("petra@example.com");
  await page.getByLabel("Password", { exact: true }).fill("a password of mine");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("A new version of the portal is available")).toBeVisible();
  await expect(page.getByLabel("Email address")).toHaveValue("petra@example.com");
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page.getByRole("button", { name: "Reload" })).toHaveCount(0);
  await expect(page.getByLabel("Email address")).toHaveValue("petra@example.com");
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  // React logs what an error boundary caught.
  const caught = pageMonitor.errors.filter((error) => error.includes("UnrecognizedActionError"));
  expect(caught).toHaveLength(1);
  pageMonitor.errors.splice(pageMonitor.errors.indexOf(caught[0] ?? ""), 1);
});
