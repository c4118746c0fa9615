import { expect } from "@playwright/test";
import type { Organisation } from "../e2e/support/organisation";
import { openAt, expectHeading, type Screenshot } from "./screenshot";

/** A placement with a theme and some error reports. */
async function createPlacement(
  { portal, practice }: Organisation,
  portalUrl: string,
): Promise<string> {
  const { id } = await portal.placements.create.mutate({
    element: "hh-message-builder",
    name: "Messages in the patient record",
    practiceIds: [practice.id],
    origins: ["https://app.fernhill.example", "https://*.clinics.fernhill.example"],
    theme: null,
    attributes: {},
  });
  for (const code of ["offline", "script-blocked", "offline", "origin-refused"]) {
    await fetch(`${portalUrl}/api/v1/element-reports`, {
      method: "POST",
      body: JSON.stringify({ placement: id, code }),
    });
  }
  return id;
}

/** The screens of "Elements". */
export async function elementScreenshots(
  organisation: Organisation,
  portalUrl: string,
): Promise<Screenshot[]> {
  const { path, practice } = organisation;
  const id = await createPlacement(organisation, portalUrl);
  const placementPath = `${path}/elements/${id}`;
  return [
    {
      name: "elements",
      open: openAt(`${path}/elements`, "Elements"),
      hasDarkVersion: true,
    },
    {
      name: "elements-assigned",
      open: openAt(`${path}/elements/assigned?practice=${practice.id}`, "Message Builder"),
    },
    { name: "elements-scripts", open: openAt(`${path}/elements/scripts`, "Elements") },
    { name: "placement-new", open: openAt(`${path}/elements/new`, "New placement") },
    {
      name: "placement",
      open: openAt(placementPath, "Messages in the patient record"),
      hasDarkVersion: true,
    },
    { name: "placement-code", open: openAt(`${placementPath}/code`, "In your page") },
    {
      name: "placement-designer",
      hasDarkVersion: true,
      open: async (page) => {
        await page.goto(`${placementPath}/designer`);
        await page.getByText("Custom colours").click();
        await page.getByRole("button", { name: "Show preview" }).click();
        await expect(
          page.frameLocator("iframe").getByRole("textbox", { name: "Message" }),
        ).toBeVisible();
      },
    },
    {
      name: "message-builder",
      open: async (page) => {
        await page.goto(`${path}/elements/message-builder?practice=${practice.id}`);
        await page.getByRole("button", { name: "Open the Message Builder" }).click();
        await expect(
          page.frameLocator("iframe").getByRole("textbox", { name: "Message" }),
        ).toBeVisible();
      },
    },
    {
      name: "embed-checker",
      open: async (page) => {
        await page.goto(`${path}/elements/checker?placement=${id}`);
        await page.getByLabel("Page address").fill("https://app.fernhill.example");
        await page
          .getByLabel("Response headers")
          .fill("content-security-policy: script-src 'self'; connect-src 'self'");
        await page.getByLabel("HTML").fill("<hero-placement></hero-placement>");
        await page.getByRole("button", { name: "Check page" }).click();
        await expectHeading(page, "Embed checker");
        await expect(page.getByText("problems found")).toBeVisible();
      },
    },
  ];
}
