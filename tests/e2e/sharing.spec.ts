import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { inDays } from "./support/organisation";
import { readDownload, readQrImage } from "./support/qr";
import { selectOption, expectAccessibleAtAllWidths } from "./support/assertions";

test.use({ practiceGroupId: "20533" });

const shareOption = (page: Page, title: string) =>
  page.getByRole("region", { name: "Share" }).getByText(title, { exact: true });

async function save(page: Page, label: "Save PNG" | "Save SVG") {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: label }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await readDownload(download) };
}

test("the QR code contains the address, at every size and error correction", async ({
  page,
  browser,
  organisation,
}) => {
  const link = await organisation.createLink({ name: "999 letters" });
  await page.goto(`${organisation.path}/links/${link.id}`);
  await shareOption(page, "QR code").click();
  await expect(page.getByRole("img", { name: /QR code of this link/ })).toBeVisible();

  for (const [size, correction] of [
    ["256", /^Low/],
    ["512", /^Medium/],
    ["1024", /^High \(/],
    ["2048", /^Highest/],
  ] as const) {
    await page.getByLabel("Size").selectOption(size);
    await selectOption(page.getByLabel("Error correction"), correction);
    const level = await page.getByLabel("Error correction").inputValue();
    await expect(page.getByRole("img", { name: `correction ${level}` })).toBeVisible();

    const png = await save(page, "Save PNG");
    expect(png.name).toMatch(new RegExp(`^qr-[a-z0-9-]+-${level.toLowerCase()}-${size}\\.png$`));
    const decoded = await readQrImage(browser, png.bytes, "image/png");
    expect(decoded).toEqual({ text: link.url, width: Number(size) });

    const svg = await save(page, "Save SVG");
    expect(svg.name).toMatch(/\.svg$/);
    const rendered = await readQrImage(browser, svg.bytes, "image/svg+xml", 300);
    expect(rendered.text).toBe(link.url);
  }
});

test("the poster prints on one page of A4 or A5, and its code can be read", async ({
  page,
  browser,
  organisation,
}) => {
  const link = await organisation.createLink({ expiresOn: inDays(20) });
  await page.goto(`${organisation.path}/links/${link.id}`);
  await shareOption(page, "Poster").click();
  await expect(page.getByRole("heading", { level: 1, name: "Poster" })).toBeVisible();
  const poster = page.getByRole("article", { name: "Poster" });
  await expect(poster).toContainText((link.url ?? "").replace(/^https?:\/\//, ""));
  await expect(poster).toContainText("Ask at reception");

  await page.getByLabel("Telephone").fill("01632 960 123");
  await page.getByLabel("Language").selectOption("both");
  const welsh = page.getByRole("group", { name: "In Welsh" });
  await welsh.getByLabel("Title").fill("Clinig ffliw yn y Tŷ");
  await welsh.getByLabel("Introduction").fill("W".repeat(100));
  await page.getByLabel("Practice name").fill("Meddygfa ".repeat(8));
  await expect(poster).toContainText("01632 960 123");
  await expect(poster).toContainText("tan ddiwedd");
  await expect(poster).toContainText("until the end of");
  await expect(poster.locator("[lang=cy]").first()).toBeVisible();

  for (const [size, millimetres] of [
    ["a4", [210, 297]],
    ["a5", [148, 210]],
  ] as const) {
    await page.getByLabel("Paper").selectOption(size);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
    const [, width, height] = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf) ?? [];
    expect(Math.round((Number(width) / 72) * 25.4)).toBe(millimetres[0]);
    expect(Math.round((Number(height) / 72) * 25.4)).toBe(millimetres[1]);
  }

  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("button", { name: "Print poster" })).toBeHidden();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeHidden();
  const image = await readQrImage(browser, await poster.screenshot(), "image/png");
  expect(image.text).toBe(link.url);
  // The code keeps its size whatever is typed, and nothing overlaps or overflows.
  const layout = await poster.evaluate((element) => {
    const boxes = [...element.children].map((part) => part.getBoundingClientRect());
    const code = element.querySelector(".poster-code")?.getBoundingClientRect();
    const gaps = boxes.slice(1).map((box, index) => box.top - (boxes[index]?.bottom ?? 0));
    return {
      share: (code?.width ?? 0) / element.getBoundingClientRect().width,
      isSquare: Math.abs((code?.width ?? 0) - (code?.height ?? 1)) < 1,
      isInside: boxes.some(
        (box) => code && box.top <= code.top + 1 && box.bottom >= code.bottom - 1,
      ),
      minGap: Math.min(...gaps),
    };
  });
  expect(layout).toMatchObject({ isSquare: true, isInside: true });
  expect(layout.share).toBeGreaterThan(0.35);
  expect(layout.minGap).toBeGreaterThan(0);
  const overflow = await poster.evaluate((element) => element.scrollHeight - element.clientHeight);
  expect(overflow).toBeLessThanOrEqual(0);
});

test("text typed on the poster is not sent or stored", async ({ page, organisation }) => {
  const link = await organisation.createLink();
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url() + (request.postData() ?? "")));
  await page.goto(`${organisation.path}/links/${link.id}/poster`);
  await page.getByLabel("Telephone").fill("01632 960 777");
  await expect(page.getByRole("article", { name: "Poster" })).toContainText("01632 960 777");
  expect(requests.join("\n")).not.toContain("960");
  const storedData = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
  );
  expect(storedData).not.toContain("960");
  await page.reload();
  await expect(page.getByLabel("Telephone")).toHaveValue("");
});

test("a text message is counted as networks count it, and copied", async ({
  page,
  context,
  organisation,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const link = await organisation.createLink();
  await page.goto(`${organisation.path}/links/${link.id}`);
  await shareOption(page, "Text message").click();
  const field = page.getByLabel("Text message", { exact: true });
  await expect(field).toHaveValue(new RegExp(`\n${link.url}\n`));
  const sharePanel = page.getByRole("region", { name: "Share" });
  for (const [text, expected] of [
    ["a".repeat(160), "1 message · 160 characters, 160 per message · GSM-7"],
    ["a".repeat(161), "2 messages · 161 characters, 153 per message · GSM-7"],
    [`ŵ${"a".repeat(69)}`, "1 message · 70 characters, 70 per message · UCS-2"],
    [`ŵ${"a".repeat(70)}`, "2 messages · 71 characters, 67 per message · UCS-2"],
  ] as const) {
    await field.fill(text);
    await expect(sharePanel.getByText(expected)).toBeVisible();
    await expect(sharePanel.getByText("The message no longer contains the link.")).toBeVisible();
  }
  await expect(sharePanel.locator("code", { hasText: "ŵ" })).toBeVisible();

  await sharePanel.getByRole("button", { name: "Reset" }).click();
  await sharePanel.getByRole("button", { name: "Copy text" }).click();
  await expect(sharePanel.getByRole("status").filter({ hasText: "Copied" })).toBeAttached();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await field.inputValue());

  await shareOption(page, "Email").click();
  await expect(page.getByLabel("Email", { exact: true })).toHaveValue(
    new RegExp(link.url ?? "no address"),
  );
  await sharePanel.getByRole("button", { name: "Copy subject" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("book");
});

test("the copied call to Hero creates the same link", async ({ page, app, organisation }) => {
  const link = await organisation.createLink({
    slotsFrom: inDays(2),
    slotsTo: inDays(9),
    maxUses: 37,
  });
  await page.goto(`${organisation.path}/links/${link.id}`);
  await shareOption(page, "API call").click();
  const command = await page.getByRole("region", { name: "Command for Hero API" }).innerText();
  expect(command).toContain("$HERO_API_KEY");
  expect(command).not.toContain(organisation.apiKey);

  const [, address = ""] = /--request POST '([^']+)'/.exec(command) ?? [];
  const [, body = ""] = /--data '([^']+)'/.exec(command) ?? [];
  const reply = await fetch(address, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-api-key": organisation.apiKey,
      "x-practice-group-id": organisation.practice.practiceGroupId,
    },
    body,
  });
  expect(reply.ok).toBe(true);
  const matchingLinks = (await app.sandbox.listLinks()).filter(
    (candidate) => candidate.maxUses === 37 && candidate.toDate === inDays(9),
  );
  expect(matchingLinks.length).toBeGreaterThanOrEqual(2);
  const [, ...others] = matchingLinks;
  for (const other of others) {
    expect({ ...other, id: "", url: "" }).toEqual({ ...matchingLinks[0], id: "", url: "" });
  }
});

test("a form for anyone has its own sharing texts", async ({ page, organisation }) => {
  const practiceId = organisation.practice.id;
  const [form] = await organisation.portal.forms.list.query({ practiceId, search: "Asthma" });
  if (!form) throw new Error("The practice has no forms.");
  const link = await organisation.portal.links.createForm.mutate({
    operationId: randomUUID(),
    practiceId,
    formId: form.id,
    expiresOn: inDays(10),
    maxUses: 20,
  });
  await page.goto(`${organisation.path}/links/${link.id}`);
  await shareOption(page, "QR code").click();
  await expect(page.getByRole("img", { name: /QR code of this link/ })).toBeVisible();
  await shareOption(page, "Text message").click();
  await expect(page.getByLabel("Text message", { exact: true })).toHaveValue(
    /you can fill in this form online/,
  );
  await shareOption(page, "API call").click();
  const command = await page.getByRole("region", { name: "Command for Hero API" }).innerText();
  expect(command).toContain("/v1/form_links'");
  expect(JSON.parse(/--data '([^']+)'/.exec(command)?.[1] ?? "")).toEqual({
    form_id: form.id,
    expiry_date: inDays(10),
    maximum_use_count: 20,
  });

  await shareOption(page, "Poster").click();
  const poster = page.getByRole("article", { name: "Poster" });
  await expect(poster).toContainText("Fill in online");
  await expect(poster).not.toContainText("Book");
  await page.getByLabel("Language").selectOption("cy");
  await expect(poster).toContainText("Llenwch ar-lein");
  await expect(poster).not.toContainText("Fill in");
});

test("an invite has no QR code and no poster", async ({ page, organisation, patient }) => {
  const link = await organisation.createLink({ patientId: patient.patientId, maxUses: 1 });
  await page.goto(`${organisation.path}/links/${link.id}`);
  await expect(shareOption(page, "Text message")).toBeVisible();
  await expect(shareOption(page, "QR code")).toHaveCount(0);
  await expect(shareOption(page, "Poster")).toHaveCount(0);
  await page.goto(`${organisation.path}/links/${link.id}/poster`);
  await expect(page.getByText("No poster for this link")).toBeVisible();
  await expect(page.getByRole("article", { name: "Poster" })).toHaveCount(0);
});

test("a link that is not live cannot be shared", async ({ page, organisation }) => {
  const link = await organisation.createLink();
  await organisation.portal.links.close.mutate({ linkId: link.id });
  await page.goto(`${organisation.path}/links/${link.id}`);
  await expect(page.getByRole("heading", { name: "Closed" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Copy link" })).toHaveCount(0);
  await expect(page.getByText(link.url ?? "no address")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Share" })).toHaveCount(0);
  await page.goto(`${organisation.path}/links/${link.id}/poster`);
  await expect(page.getByText("No poster for this link")).toBeVisible();
});

test("sharing works by keyboard and is readable, also on a phone", async ({
  page,
  organisation,
}) => {
  const link = await organisation.createLink();
  await page.goto(`${organisation.path}/links/${link.id}`);
  for (const [title, expectedHeading] of [
    ["QR code", page.getByRole("button", { name: "Save PNG" })],
    ["Text message", page.getByRole("button", { name: "Copy text" })],
    ["Email", page.getByRole("button", { name: "Copy email" })],
    ["API call", page.getByRole("region", { name: "Command for Hero API" })],
  ] as const) {
    await page.locator("summary", { hasText: title }).focus();
    await page.keyboard.press("Enter");
    await expect(expectedHeading).toBeVisible();
    await expectAccessibleAtAllWidths(page);
  }
  await page.goto(`${organisation.path}/links/${link.id}/poster`);
  await page.getByLabel("Language").selectOption("both");
  await expectAccessibleAtAllWidths(page);
});
