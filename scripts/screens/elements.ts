import { expect } from "@playwright/test";
import type { Office } from "../../tests/e2e/support/office";
import { at, heading, type Picture } from "./picture";

/** A placement with a look of its own and some trouble told by its pages. */
async function place({ portal, practice }: Office, portalUrl: string): Promise<string> {
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

/** The screens of the room "Elements". */
export async function elementPictures(office: Office, portalUrl: string): Promise<Picture[]> {
  const { path, practice } = office;
  const id = await place(office, portalUrl);
  const own = `${path}/elements/${id}`;
  return [
    {
      name: "elements",
      show: at(`${path}/elements?practice=${practice.id}`, "Elements"),
      dark: true,
    },
    { name: "placement-new", show: at(`${path}/elements/new`, "New placement") },
    { name: "placement", show: at(own, "Messages in the patient record"), dark: true },
    {
      name: "studio",
      dark: true,
      show: async (page) => {
        await page.goto(`${own}/studio`);
        await page.getByText("Colours of your own").click();
        await page.getByRole("button", { name: "Show the preview" }).click();
        await expect(
          page.frameLocator("iframe").getByRole("textbox", { name: "Message" }),
        ).toBeVisible();
      },
    },
    {
      name: "message-builder",
      show: async (page) => {
        await page.goto(`${path}/elements/use?practice=${practice.id}`);
        await page.getByRole("button", { name: "Open the Message Builder" }).click();
        await expect(
          page.frameLocator("iframe").getByRole("textbox", { name: "Message" }),
        ).toBeVisible();
      },
    },
    {
      name: "embed-doctor",
      show: async (page) => {
        await page.goto(`${path}/elements/doctor?placement=${id}`);
        await page.getByLabel("Address of the page").fill("https://app.fernhill.example");
        await page
          .getByLabel("Response headers")
          .fill("content-security-policy: script-src 'self'; connect-src 'self'");
        await page.getByLabel("HTML").fill("<hero-placement></hero-placement>");
        await page.getByRole("button", { name: "Examine the page" }).click();
        await heading(page, "Embed doctor");
        await expect(page.getByText("things to look at")).toBeVisible();
      },
    },
  ];
}
