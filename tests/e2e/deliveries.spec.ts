import { createHmac } from "node:crypto";
import { expect, test } from "./fixtures";
import { expectAccessible, expectAccessibleAtAllWidths } from "./support/assertions";

test.use({ practiceGroupId: "20533" });

test("a signature that does not match is explained, and nothing of it is sent", async ({
  page,
  organisation,
}) => {
  await page.goto(`${organisation.path}/webhooks/tools`);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = "whsec_canary_of_this_test";
  const body = '{"object":"Appointment","id":"4821"}';
  const signature = createHmac("sha256", key).update(`${timestamp}.${body}`).digest("hex");
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url() + (request.postData() ?? "")));

  await page.getByRole("button", { name: "Check signature" }).click();
  await expect(page.getByText("Enter the timestamp header.")).toBeVisible();
  await expect(page.getByText("Enter the signing key.")).toBeVisible();
  await expect(page.getByLabel("X-Herohealth-Timestamp")).toBeFocused();
  await page.getByLabel("X-Herohealth-Timestamp").fill(timestamp);
  await page.getByLabel("X-Herohealth-Signature").fill(signature);
  await page.getByLabel("Signing key").fill(key);
  await page.getByLabel("Body", { exact: true }).fill(`${body}\n`);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByText("A line break at the end was added or lost")).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel("Body", { exact: true }).fill(body);
  await page.getByRole("button", { name: "Check signature" }).click();
  await expect(page.getByText("The signature is valid", { exact: true })).toBeVisible();
  expect(requests.join("\n")).not.toContain(key);
  expect(requests.join("\n")).not.toContain(signature);

  await page.getByText("Python", { exact: true }).click();
  await expect(page.getByRole("region", { name: "Python code" })).toBeVisible();
  await expectAccessibleAtAllWidths(page);
});

test("deliveries can be filtered and counted before any is replayed", async ({
  page,
  organisation,
}) => {
  await page.goto(`${organisation.path}/webhooks/deliveries`);
  await expect(page.getByRole("heading", { name: "No deliveries yet" })).toBeVisible();
  await expectAccessibleAtAllWidths(page);
  await page.getByLabel("State").selectOption({ label: "Failed" });
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByRole("heading", { name: "No deliveries match" })).toBeVisible();
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await page.getByRole("button", { name: "Replay" }).click();
  const dialog = page.getByRole("dialog", { name: "Replay deliveries" });
  await expect(dialog.getByText("0 deliveries will be processed again.")).toBeVisible();
  await expectAccessible(page);
});

test("a delivery that names another practice needs attention, and a body is shown on request", async ({
  page,
  app,
  organisation,
}) => {
  test.setTimeout(90_000);
  const { portal, practice, path, apiKey } = organisation;
  const call = async (name: string, body: unknown) => {
    const response = await fetch(`${app.demo.sandboxUrl}/_sandbox/${name}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    expect(response.ok, await response.text()).toBe(true);
  };
  await portal.webhooks.subscribe.mutate({
    practices: [{ practiceId: practice.id, eventTypes: ["prescription.issued"] }],
  });
  await expect
    .poll(
      async () => {
        const { practices } = await portal.webhooks.list.query();
        return practices[0]?.endpoints[0]?.state;
      },
      { timeout: 30_000 },
    )
    .toBe("active");
  const event = { key: apiKey, event: "prescription.issued", object: "Prescription" };
  await call("webhook-deliveries", { ...event, ids: ["9001"] });
  await call("webhook-script", { key: apiKey, script: { practiceGroupId: "1" } });
  await call("webhook-deliveries", { ...event, ids: ["9002"] });

  await page.goto(`${path}/webhooks/deliveries`);
  await expect(page.getByText("1 delivery needs attention")).toBeVisible();
  await expect(page.getByRole("region", { name: "Deliveries" })).toContainText("9001");
  await expectAccessibleAtAllWidths(page);
  await page.getByRole("link", { name: "For another practice" }).click();
  const rows = page.getByRole("region", { name: "Deliveries" }).getByRole("row");
  await expect(rows).toHaveCount(2);
  await rows.nth(1).getByRole("link").click();
  await expect(page.getByText("the delivery had no effect")).toBeVisible();
  await expect(page.getByRole("button", { name: "Replay" })).toHaveCount(0);
  await page.getByRole("button", { name: "Show contents" }).click();
  await expect(page.getByRole("button", { name: "Hide" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Body" }).last()).toContainText("9002");
  await expectAccessibleAtAllWidths(page);

  await page.getByRole("link", { name: "prescription.issued" }).click();
  await expect(page.getByText("Hero can reach this address")).toBeVisible();
  await expect(page.getByRole("table")).toBeVisible();
  await expectAccessibleAtAllWidths(page);
});
