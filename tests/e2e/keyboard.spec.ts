import { randomUUID } from "node:crypto";
import { expect, test } from "./fixtures";
import { tabTo } from "./support/keyboard";
import { stateHeading } from "./support/link-form";
import { createApiClient } from "./support/people";

const practiceGroupId = "30183";
const practiceName = "Riverside Medical Practice";

test.setTimeout(120_000);

test("a link can be created with the keyboard only", async ({ page, context, app, owner }) => {
  const apiKey = await app.sandbox.createUniqueKey(practiceGroupId);
  const slug = `keys-${randomUUID().slice(0, 13)}`;
  const button = (name: string | RegExp) => page.getByRole("button", { name });
  const press = (key: string) => page.keyboard.press(key);
  const type = (text: string) => page.keyboard.type(text);

  await test.step("sign in", async () => {
    await page.goto("/sign-in");
    await tabTo(page, page.getByLabel("Email address"));
    await type(owner.person.email);
    await tabTo(page, page.getByLabel("Password", { exact: true }));
    await type(owner.person.password);
    await press("Enter");
    await page.waitForURL((url) => url.pathname !== "/sign-in");
    const { account } = await createApiClient(context, app.url);
    await account.createOrganisation.mutate({ name: "Keys and Arrows", slug });
    await page.goto(`/${slug}/sandbox`);
  });

  await test.step("the skip link goes to the content", async () => {
    await press("Tab");
    await expect(page.getByRole("link", { name: "Skip to main content" })).toBeFocused();
    await expect(page.getByRole("link", { name: "Skip to main content" })).toBeInViewport();
    await press("Enter");
    await expect(page.getByRole("main")).toBeFocused();
    await press("Tab");
    await expect(page.getByRole("main").locator(":focus")).toHaveCount(1);
  });

  await test.step("menus open, move with arrows, close, and return focus", async () => {
    await page.reload();
    const organisationSwitcher = button("Organisation: Keys and Arrows");
    await tabTo(page, organisationSwitcher);
    await press("Enter");
    const panel = page.getByRole("group", { name: "Organisation: Keys and Arrows" });
    await expect(panel.getByRole("link").first()).toBeFocused();
    await press("End");
    await expect(panel.getByRole("link", { name: "New organisation" })).toBeFocused();
    await press("ArrowDown");
    await expect(panel.getByRole("link").first()).toBeFocused();
    await press("Escape");
    await expect(panel).toBeHidden();
    await expect(organisationSwitcher).toBeFocused();
  });

  await test.step("the palette opens with Ctrl-K, and Escape returns focus", async () => {
    const palette = page.getByRole("dialog", { name: "Search and commands" });
    await press("Control+k");
    await expect(palette.getByRole("combobox")).toBeFocused();
    await press("Escape");
    await expect(palette).toHaveCount(0);
    await expect(button("Organisation: Keys and Arrows")).toBeFocused();
    await press("Control+k");
    await type("connect");
    await expect(palette.getByRole("option")).toHaveCount(1);
    await press("Enter");
    await expect(page).toHaveURL(`/${slug}/sandbox/practices/connect`);
  });

  await test.step("connect a practice", async () => {
    await tabTo(page, page.getByLabel("API key", { exact: true }));
    await type(apiKey);
    await tabTo(page, page.getByLabel("Practice group ID"));
    await type(practiceGroupId);
    await press("Enter");
    await expect(page.getByRole("heading", { name: practiceName })).toBeFocused();
    await tabTo(page, button(`Connect ${practiceName}`));
    await press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: practiceName })).toBeVisible();
  });

  await test.step("a dialog keeps focus and returns it", async () => {
    const open = button("Add a nickname");
    await tabTo(page, open);
    await press("Enter");
    const dialog = page.getByRole("dialog", { name: "Practice nickname" });
    await expect(dialog.locator(":focus")).toHaveCount(1);
    for (let step = 0; step < 6; step++) {
      await press("Tab");
      await expect(dialog.locator(":focus")).toHaveCount(1);
    }
    await press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(open).toBeFocused();
  });

  await test.step("create a link", async () => {
    await press("Control+k");
    await type("new link");
    await expect(page.getByRole("option", { name: "New link" })).toBeVisible();
    await press("Enter");
    await expect(page).toHaveURL(/\/links\/new\?operation=/);
    await tabTo(page, page.getByRole("radio", { name: "Patient invite" }));
    await press("ArrowDown");
    await expect(page.getByRole("radio", { name: "Generic link" })).toBeChecked();
    await tabTo(page, page.getByLabel("Appointment type"));
    await type("Blood");
    await tabTo(page, page.getByLabel("Location"));
    await press("ArrowDown");
    await tabTo(page, button("Create link"));
    await press("Enter");
    const summary = page.getByRole("alert").filter({ hasText: "There is a problem" });
    await expect(summary).toBeFocused();
    await press("Tab");
    await expect(summary.getByRole("link")).toBeFocused();
    await press("Enter");
    await expect(page.getByLabel("Number of bookings")).toBeFocused();
    await type("2");
    await press("Enter");
    await expect(stateHeading(page, "Live")).toBeVisible();
  });

  await test.step("copy, refresh and close it", async () => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await tabTo(page, button("Copy link"));
    await press("Enter");
    await expect(page.getByRole("status").filter({ hasText: "Copied" })).toBeAttached();
    await tabTo(page, button("Refresh"));
    await press("Enter");
    await expect(page.getByText("Up to date.")).toBeVisible();
    await expect(button("Refresh")).toBeFocused();

    await tabTo(page, button("Close link"), "Shift+Tab");
    await press("Enter");
    await expect(stateHeading(page, "Closed")).toBeVisible();
  });
});
