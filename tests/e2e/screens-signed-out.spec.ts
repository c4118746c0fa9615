import { createPersonDetails } from "./support/people";
import { heading, portalTitle, type Screen, goTo, testScreens, expect } from "./support/screens";

const token = "a".repeat(43);

const signedOutScreens: Screen[] = [
  {
    name: "sign in",
    title: portalTitle("Sign in"),
    open: ({ page }) => goTo(page, "/sign-in", "Sign in"),
  },
  {
    name: "sign in with errors",
    title: portalTitle("Sign in"),
    open: async ({ page }) => {
      await goTo(page, "/sign-in", "Sign in");
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(heading(page, "There is a problem")).toBeVisible();
    },
  },
  {
    name: "sign up",
    title: portalTitle("Create an account"),
    open: ({ page }) => goTo(page, "/sign-up", "Create an account"),
  },
  {
    name: "sign up, email sent",
    title: portalTitle("Create an account"),
    open: async ({ page }) => {
      const { name, email, password } = createPersonDetails();
      await page.goto("/sign-up");
      await page.getByLabel("Your name").fill(name);
      await page.getByLabel("Email address").fill(email);
      await page.getByLabel("Password", { exact: true }).fill(password);
      await page.getByRole("button", { name: "Create account" }).click();
      await expect(heading(page, "Check your email")).toBeVisible();
    },
  },
  {
    name: "forgot password",
    title: portalTitle("Forgot your password"),
    open: ({ page }) => goTo(page, "/forgot-password", "Forgot your password?"),
  },
  {
    name: "verify address",
    title: portalTitle("Confirm your email address"),
    open: ({ page }) => goTo(page, `/verify-email?token=${token}`, "Confirm your email address"),
  },
  {
    name: "choose a new password",
    title: portalTitle("Choose a new password"),
    open: ({ page }) => goTo(page, `/reset-password?token=${token}`, "Choose a new password"),
  },
  {
    name: "an email link without its token",
    title: portalTitle("Choose a new password"),
    open: ({ page }) => goTo(page, "/reset-password", "This link is incomplete"),
  },
  {
    name: "page not found",
    title: portalTitle("Page not found"),
    open: async ({ page, pageMonitor }) => {
      pageMonitor.expectFailedResponses(404, /^\/nothing\/here\/at-all$/);
      await goTo(page, "/nothing/here/at-all", "Page not found");
    },
  },
];

testScreens(signedOutScreens, { isSignedIn: false });
