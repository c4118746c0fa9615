import type { Page } from "@playwright/test";
import { expect, type House, test } from "./fixtures";
import { inventPerson, type Person, signIn, signUpByApi } from "./support/people";
import { expectErrorSummary, expectFieldError } from "./support/screen";

const wrongWords = "The e-mail address or password is not right.";

async function trySignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function knownPerson(house: House): Promise<Person> {
  const person = inventPerson();
  await signUpByApi(house.url, house.sandbox, person);
  return person;
}

const accountMenu = (page: Page) => page.getByRole("button", { name: /account of/ });

function demoUser(house: House, role: string) {
  const [tenant] = house.demo.tenants;
  const user = tenant?.users.find((each) => each.role === role);
  if (!tenant || !user) throw new Error(`The demo has no ${role}.`);
  return { ...user, path: `/${tenant.slug}/sandbox` };
}

test("a wrong password and an unknown address are told in the same words", async ({
  page,
  owner,
}) => {
  await page.goto("/sign-in");
  await trySignIn(page, owner.person.email, "not the password");
  await expectErrorSummary(page, wrongWords);
  await expect(page.getByLabel("E-mail address")).toHaveValue(owner.person.email);
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");

  await page.goto("/sign-in");
  await trySignIn(page, inventPerson().email, "not the password");
  await expectErrorSummary(page, wrongWords);

  await trySignIn(page, "somebody@@example", "");
  await expectErrorSummary(page, "Enter an e-mail address like", "Enter your password.");
  await expectFieldError(page.getByLabel("E-mail address"), "Enter an e-mail address like");
});

test("signing up asks for what is missing, and says nothing of who is known", async ({
  page,
  house,
  owner,
}) => {
  await page.goto("/sign-up");
  const create = page.getByRole("button", { name: "Create account" });
  await create.click();
  await expectErrorSummary(page, "Enter your name.", "Enter your e-mail", "Enter a password.");

  await page.getByLabel("Your name").fill("Petra \u202eeborP");
  await page.getByLabel("E-mail address").fill("petra@example");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await create.click();
  await expectErrorSummary(page, "Remove hidden or control characters.");
  await expectFieldError(page.getByLabel("E-mail address"), "Enter an e-mail address like");
  await expectFieldError(page.getByLabel("Password", { exact: true }), "at least 12 characters");

  await page.getByLabel("Your name").fill("Petra Probe");
  await page.getByLabel("E-mail address").fill(owner.person.email);
  await page.getByLabel("Password", { exact: true }).fill("twelve characters");
  await create.click();
  await expect(page.getByRole("heading", { name: "Check your e-mail" })).toBeFocused();
  await house.sandbox.waitForMail(owner.person.email, /already/i);
});

test("an address asked for while signed out is there after signing in, and gone after signing out", async ({
  page,
  house,
}) => {
  const { path, email, password } = demoUser(house, "viewer");
  await page.goto(`${path}/practices`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await trySignIn(page, email, password);
  await expect(page).toHaveURL(`${path}/practices`);

  await accountMenu(page).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
  await page.goto(`${path}/practices`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
});

test("a forgotten password is replaced by mail, and the old sessions end", async ({
  page,
  elsewhere,
  house,
}) => {
  const person = await knownPerson(house);
  const old = await (await elsewhere()).newPage();
  await signIn(old, person);

  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page.getByRole("heading", { name: "Check your e-mail" })).toBeFocused();
  const mail = await house.sandbox.waitForMail(person.email, /^Choose a new password/);
  const [link] = mail.links;
  await page.goto(link ?? "");
  const renewed = `${person.password} again`;
  await page.getByLabel("New password").fill("too short");
  await page.getByRole("button", { name: "Save new password" }).click();
  await expectErrorSummary(page, "Use at least 12 characters.");
  await page.getByLabel("New password").fill(renewed);
  await page.getByRole("button", { name: "Save new password" }).click();
  await expect(page.getByRole("status")).toContainText("Your password is changed");

  await trySignIn(page, person.email, person.password);
  await expectErrorSummary(page, wrongWords);
  await trySignIn(page, person.email, renewed);
  await expect(page).toHaveURL("/new-organisation");
  await old.reload();
  await expect(old).toHaveURL(/\/sign-in/);

  await page.goto(link ?? "");
  await page.getByLabel("New password").fill(`${renewed} twice`);
  await page.getByRole("button", { name: "Save new password" }).click();
  await expectErrorSummary(page, "link");
  await expect(page).toHaveURL(/\/reset-password/);
});

test("a session can be ended from another browser", async ({ page, elsewhere, house }) => {
  const person = await knownPerson(house);
  const other = await (await elsewhere()).newPage();
  await signIn(other, person);
  await signIn(page, person);
  await page.goto("/account");
  const sessions = page.getByRole("region", { name: "Where you are signed in" });
  await expect(sessions.getByRole("listitem")).toHaveCount(2);
  await expect(sessions.getByText("This session")).toHaveCount(1);
  await sessions.getByRole("button", { name: /^Sign out Chrome on/ }).click();
  await expect(sessions.getByRole("status")).toContainText("Session ended.");
  await expect(sessions.getByRole("listitem")).toHaveCount(1);

  await other.goto("/account");
  await expect(other).toHaveURL(/\/sign-in/);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your account");
});

test("a viewer looks at everything and is offered nothing they may not do", async ({
  page,
  house,
}) => {
  const viewer = demoUser(house, "viewer");
  await signIn(page, viewer);
  for (const room of ["", "/links", "/practices"]) {
    await page.goto(viewer.path + room);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(
      page.getByRole("link", { name: /new link|make a|connect a practice/i }),
    ).toHaveCount(0);
  }
  await expect(page.getByRole("main")).toContainText("can connect practices and replace keys");
  await page.getByRole("main").getByRole("link").first().click();
  await expect(page.getByRole("region", { name: "Health" })).toBeVisible();
  await expect(page.getByRole("button", { name: /replace|disconnect|alias/i })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Activity" })).toHaveCount(0);

  const refusals = [
    ["/links/new", "Your role does not make links"],
    ["/practices/connect", "Your role does not connect practices"],
    ["/activity", "Your role does not show this"],
  ] as const;
  for (const [room, words] of refusals) {
    await page.goto(viewer.path + room);
    await expect(page.getByText(words)).toBeVisible();
    await expect(page.getByRole("main").getByRole("textbox")).toHaveCount(0);
  }
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search and commands" });
  await expect(palette.getByRole("option", { name: "Links" })).toBeVisible();
  await expect(palette.getByRole("option", { name: /new|connect/i })).toHaveCount(0);
});

test("a person in two organisations chooses, and changes over", async ({ page, house }) => {
  const person = await knownPerson(house);
  await signIn(page, person);
  const slug = (name: string) => `${name}-${person.email.slice(6, 14)}`;
  const create = page.getByRole("button", { name: "Create organisation" });

  await page.getByLabel("Name", { exact: true }).fill("Alder House");
  await page.getByLabel("Short name").fill("Sign-Up!");
  await create.click();
  await expectErrorSummary(page, "Use 3 to 40 small letters");
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

test("the end of the session is announced before it comes", async ({ page, office }) => {
  await page.clock.install();
  await page.goto(office.path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.clock.fastForward("58:30");
  const warning = page.getByRole("alert").filter({ hasText: "signed out" });
  await expect(warning).toContainText("You will be signed out in");
  await page.clock.fastForward("02:00");
  await expect(warning).toContainText("You have been signed out.");
  await expect(warning.getByRole("link", { name: "Sign in" })).toHaveAttribute(
    "href",
    `/sign-in?next=${encodeURIComponent(office.path)}`,
  );
});
