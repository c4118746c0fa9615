import { confirmDateOfBirth, selectFirstSlot } from "./support/patient-pages";
import { heading, type Screen, expectScreen, goTo, testScreens, expect } from "./support/screens";

const patientScreens: Screen[] = [
  {
    name: "patient, choose a time",
    title: /^Choose a time/,
    open: ({ page, sample }) => goTo(page, sample.links.live.url ?? "", "Choose a day and time"),
  },
  {
    name: "patient, before you book",
    title: /^Before you book/,
    open: async ({ page, sample }) => {
      await page.goto(sample.links.live.url ?? "");
      const times = page.getByRole("button", { name: /^\d{1,2}[:.]\d{2}/ });
      await times.first().click();
      await expect(heading(page, "Before you book")).toBeVisible();
    },
  },
  {
    name: "patient, sign in",
    title: /^Sign in/,
    open: async ({ page, sample }) => {
      await page.goto(sample.links.live.url ?? "");
      await selectFirstSlot(page);
      await expect(heading(page, "Sign in with your email")).toBeVisible();
    },
  },
  {
    name: "patient, wrong date of birth",
    title: /^Problem: Your date of birth/,
    open: async ({ page, sample }) => {
      await page.goto(sample.links.invite.url ?? "");
      await page.getByRole("button", { name: "Continue" }).click();
      await expect(heading(page, "There is a problem")).toBeVisible();
    },
  },
  {
    name: "patient, review and booked",
    title: /^Appointment booked/,
    open: async ({ page, sample }) => {
      const link = await sample.createLink({
        patientId: sample.patient.patientId,
        maxUses: 1,
      });
      await page.goto(link.url ?? "");
      await confirmDateOfBirth(page, sample.patient.dateOfBirth);
      await selectFirstSlot(page);
      await expect(heading(page, "Check your booking")).toBeVisible();
      await expectScreen(page);
      await page.getByRole("button", { name: "Confirm booking" }).click();
      await expect(heading(page, "Your appointment is booked")).toBeVisible();
    },
  },
  {
    name: "patient, an expired link",
    title: /^This link has expired/,
    open: ({ page, sample }) => goTo(page, sample.links.closed.url ?? "", "This link has expired"),
  },
  {
    name: "patient, an unknown link",
    title: /^We cannot find this page/,
    open: async ({ page, app, pageMonitor }) => {
      pageMonitor.expectFailedResponses(404, /^\/s\/no-such-link$/);
      await goTo(page, `${app.sandbox.url}/s/no-such-link`, "We cannot find this page");
    },
  },
];

const sandboxScreens: Screen[] = [
  {
    name: "sandbox",
    title: /Test practices/,
    open: ({ page, app }) => goTo(page, app.sandbox.url, "Test practices"),
  },
  {
    name: "inbox",
    title: /Inbox/,
    open: ({ page, app }) => goTo(page, app.demo.inboxUrl, "Inbox"),
  },
  {
    name: "an email",
    title: /Confirm your email address/,
    open: async ({ page, app }) => {
      await page.goto(app.demo.inboxUrl);
      await page
        .getByRole("link", { name: /^Confirm/ })
        .first()
        .click();
      await expect(heading(page, "Links in this email")).toBeVisible();
    },
  },
];

testScreens([...patientScreens, ...sandboxScreens], { isSignedIn: true });
