import { z } from "zod";
import { expect, test } from "./fixtures";
import { inDays } from "./support/organisation";
import {
  expectAccessible,
  expectErrorSummary,
  expectAccessibleAtAllWidths,
} from "./support/assertions";

test.use({ practiceGroupId: "20533" });

test("an API key is created, shown once, used and revoked", async ({
  page,
  context,
  app,
  organisation,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(organisation.path);
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: "Settings" })
    .click();
  await expect(page.getByRole("heading", { name: "No API keys yet" })).toBeVisible();
  await page.getByRole("button", { name: "Create an API key" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Name")).toBeFocused();

  for (const name of [
    "Read links",
    "Create links",
    "Edit links",
    "Create element sessions",
    "Read events",
  ]) {
    await dialog.getByRole("checkbox", { name }).uncheck();
  }
  await dialog.getByRole("button", { name: "Create API key" }).click();
  await expectErrorSummary(page, "Enter a name.", "Select at least one permission.");
  await dialog.getByLabel("Name").fill("Letters server");
  await dialog.getByRole("checkbox", { name: "Read links" }).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Create API key" }).click();

  await expect(dialog.getByRole("heading", { name: "API key created" })).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Copy key" }).click();
  const key = await page.evaluate(() => navigator.clipboard.readText());
  expect(key).toMatch(/^hpp_sandbox_[\w-]{43}$/);
  await dialog.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row", { name: /Letters server/ });
  await expect(row).toContainText(`hpp_sandbox_…${key.slice(-4)}`);
  await expect(row).toContainText("Never");
  expect(await page.content()).not.toContain(key);

  const call = () =>
    fetch(`${app.url}/api/v1/links`, { headers: { authorization: `Bearer ${key}` } });
  expect((await call()).status).toBe(200);
  await page.reload();
  await expect(row).not.toContainText("Never");
  await expect(page.getByText(key)).toHaveCount(0);

  await row.getByRole("button", { name: "Revoke Letters server" }).click();
  const revokeDialog = page.getByRole("alertdialog", { name: "Revoke Letters server?" });
  await revokeDialog.getByRole("button", { name: "Revoke key" }).click();
  await expect(row).toContainText("Revoked");
  await expect(row.getByRole("button")).toHaveCount(0);
  expect((await call()).status).toBe(401);
});

test("a link created by a server is in the ledger under the key's name", async ({
  page,
  app,
  organisation,
}) => {
  const permissions = ["links.create", "links.read"] as const;
  const { key } = await organisation.portal.apiKeys.create.mutate({
    name: "Night run",
    permissions: [...permissions],
  });
  const { appointmentTypes, locations } = await organisation.readOptions();
  const response = await fetch(`${app.url}/api/v1/links`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      kind: "booking",
      practiceGroupId: organisation.practice.practiceGroupId,
      appointmentTypeId: appointmentTypes[0]?.id,
      locationId: locations[0]?.id,
      expiresOn: inDays(9),
      maxUses: 2,
      name: "By the server",
    }),
  });
  expect(response.status).toBe(201);
  await page.goto(`${organisation.path}/links`);
  await page.getByRole("link", { name: "By the server" }).click();
  await expect(page.getByText("API key: Night run").first()).toBeVisible();
  await page.goto(`${organisation.path}/activity`);
  await expect(page.getByRole("row", { name: /API key: Night run.*Created a link/ })).toBeVisible();
});

test("the API documentation shows calls for the organisation's own practice", async ({
  page,
  app,
  organisation,
}) => {
  await page.goto(`${organisation.path}/settings`);
  await page.getByRole("link", { name: "API documentation" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "API documentation" })).toBeVisible();
  const example = page.getByRole("region", { name: "Example: Create a link" });
  await expect(example).toContainText(
    `"practiceGroupId": "${organisation.practice.practiceGroupId}"`,
  );
  await expect(example).toContainText(`${app.url}/api/v1/links`);
  await expect(example).toContainText("$PORTAL_API_KEY");
  const contents = page.getByRole("navigation", { name: "On this page" });
  const { paths } = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(await (await fetch(`${app.url}/api/v1/openapi.json`)).json());
  const operations = Object.values(paths).flatMap((item) => Object.keys(item));
  // Each operation, and the sections on objects, events and problems.
  await expect(contents.getByRole("link")).toHaveCount(operations.length + 5);
  await contents.getByRole("link", { name: "Problems" }).press("Enter");
  await expect(contents).toBeInViewport();
  await expect(page.getByRole("heading", { name: "Problems" })).toBeInViewport();
  const kind = page.getByRole("link", { name: "idempotency-key-reused" });
  await kind.click();
  await expect(page).toHaveURL(/#problem-idempotency-key-reused$/);
  await expect(kind).toBeInViewport();
  await expectAccessibleAtAllWidths(page);
});
