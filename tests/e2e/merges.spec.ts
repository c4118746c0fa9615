import type { BrowserContext } from "@playwright/test";
import { z } from "zod";
import { type App, expect, test } from "./fixtures";
import { expectAccessibleAtAllWidths, expectErrorSummary } from "./support/assertions";
import { createApiClient, signIn } from "./support/people";

test.setTimeout(120_000);

const pairSchema = z.object({
  patients: z
    .tuple([z.object({ patientId: z.string() })])
    .rest(z.object({ patientId: z.string() })),
});

/** Two new records of one of the sandbox's cases. */
async function createPair(app: App, practiceGroupId: string, name: string) {
  const reply = await fetch(`${app.demo.sandboxUrl}/_sandbox/patient-cases`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ practiceGroupId, name }),
  });
  const [first, second] = pairSchema.parse(await reply.json()).patients;
  if (!second) throw new Error("The case has one record.");
  return { patientId: first.patientId, otherPatientId: second.patientId };
}

/** A member of the demo organisation, the only one with two people who may merge. */
async function signInAs(app: App, context: BrowserContext, role: "owner" | "admin") {
  const [tenant] = app.demo.tenants;
  const user = tenant?.users.find((candidate) => candidate.role === role);
  if (!tenant || !user) throw new Error(`The demo has no ${role}.`);
  const page = await context.newPage();
  await signIn(page, user);
  return { page, slug: tenant.slug, path: `/${tenant.slug}/sandbox` };
}

test("one person requests a merge, and a second one compares for themselves and approves", async ({
  app,
  context,
  otherBrowser,
}) => {
  const { page, slug, path } = await signInAs(app, context, "owner");
  const portal = (await createApiClient(context, app.url)).portal(slug);
  const [practice] = await portal.practices.list.query();
  if (!practice) throw new Error("The demo has no practice.");
  const pair = await createPair(app, practice.practiceGroupId, "mergeable");

  await test.step("the first person compares and requests", async () => {
    await page.goto(`${path}/patients/${practice.id}/${pair.patientId}`);
    await page.getByRole("link", { name: "Merge with another record" }).click();
    const other = page.getByLabel("Hero patient ID of the other record");
    await other.fill("not a number");
    await page.getByRole("button", { name: "Compare records" }).click();
    await expectErrorSummary(page, "digits");
    await other.fill(pair.otherPatientId);
    await page.getByRole("button", { name: "Compare records" }).click();
    await expect(page.getByRole("heading", { name: "Request the merge" })).toBeVisible();
    await expect(page.getByText(/demographics/i).first()).toBeVisible();
    await expectAccessibleAtAllWidths(page);
    expect(page.url()).not.toContain(pair.otherPatientId);
    await page.getByRole("button", { name: "Request merge" }).click();
    await expect(page).toHaveURL(/\/merges\/[0-9a-f-]{36}$/);
    await expect(page.getByRole("button", { name: "Withdraw request" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Approve and merge" })).toHaveCount(0);
    await expectAccessibleAtAllWidths(page);
  });

  await test.step("the second person decides", async () => {
    const second = await signInAs(app, await otherBrowser(), "admin");
    await second.page.goto(page.url());
    await expect(second.page.getByRole("button", { name: "Approve and merge" })).toHaveCount(0);
    await second.page.getByRole("button", { name: "Compare records" }).click();
    await second.page.getByRole("button", { name: "Approve and merge" }).click();
    await expect(second.page.getByRole("alertdialog")).toContainText("cannot be undone");
    await expectAccessibleAtAllWidths(second.page);
    await second.page.getByRole("button", { name: "Merge records" }).click();
    await expect(second.page.getByText("Merged", { exact: true }).first()).toBeVisible();
    await expect(second.page.getByRole("button", { name: "Approve and merge" })).toHaveCount(0);
    await second.page.goto(`${second.path}/merges`);
    await expectAccessibleAtAllWidths(second.page);
  });
});

test("records that may be of two people are refused before a merge can be requested", async ({
  app,
  context,
}) => {
  const { page, slug, path } = await signInAs(app, context, "owner");
  const portal = (await createApiClient(context, app.url)).portal(slug);
  const [practice] = await portal.practices.list.query();
  if (!practice) throw new Error("The demo has no practice.");
  for (const [name, sentence] of [
    ["different_nhs_numbers", "national back office"],
    ["same_number_other_name", "Possible confusion"],
    ["sex_changed", "Ask the practice"],
  ] as const) {
    const pair = await createPair(app, practice.practiceGroupId, name);
    await page.goto(`${path}/patients/${practice.id}/${pair.patientId}/merge`);
    await page.getByLabel("Hero patient ID of the other record").fill(pair.otherPatientId);
    await page.getByRole("button", { name: "Compare records" }).click();
    await expect(page.getByText(sentence).first()).toBeVisible();
    await expect(page.getByRole("button", { name: "Request merge" })).toHaveCount(0);
  }
  await expectAccessibleAtAllWidths(page);
});
