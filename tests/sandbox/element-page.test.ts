import { type Browser, chromium, type Page } from "@playwright/test";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { chromiumArguments, findChromium } from "../../scripts/chromium";
import { send, startPageServer } from "../e2e/support/page-server";
import { getCredentials, Sandbox } from "./support";

/** The element on a page of another origin with a strict policy. */
let sandbox: Sandbox;
let browser: Browser;
let page: Page;
let server: Awaited<ReturnType<typeof startPageServer>>;
let grant: { token: string; groupId: string; patientId: string; patientName: string };
const consoleErrors: string[] = [];

beforeAll(async () => {
  sandbox = await Sandbox.start();
  server = await startPageServer((_, response) =>
    send(
      response,
      "text/html",
      '<!doctype html><html lang="en"><title>Partner</title><main></main>',
      {
        "content-security-policy": `default-src 'none'; script-src ${sandbox.url}; connect-src ${sandbox.url}`,
      },
    ),
  );
  browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments });
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  await sandbox.stop();
});

beforeEach(async () => {
  await sandbox.reset();
  const { key, groupId } = getCredentials(await sandbox.listPractices(), "Northgate Surgery");
  const reply = await sandbox.callApi("POST", "/v1/access_token", { key, groupId });
  const patient = (await sandbox.listPatients()).find(
    (candidate) => candidate.practiceGroupId === groupId,
  );
  grant = {
    token: z.object({ access_token: z.string() }).parse(reply.body).access_token,
    groupId,
    patientId: patient?.patientId ?? "",
    patientName: `${patient?.firstName} ${patient?.lastName}`,
  };
  consoleErrors.length = 0;
  page = await browser.newPage();
  page.on("console", (message) => consoleErrors.push(message.text()));
  page.on("pageerror", (error) => consoleErrors.push(error.message));
  await page.goto(`http://partner.localhost:${server.port}/`);
});
afterEach(() => page.close());

/** Adds the element and then its script, with properties set before it loads. */
async function mount(attributes: Record<string, string>, theme?: object) {
  await page.evaluate(
    async ({ attributes, theme, script }) => {
      const element = document.createElement("hh-message-builder");
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      if (theme) Object.assign(element, { theme });
      document.querySelector("main")?.append(element);
      const events: string[] = [];
      Object.assign(window, { events });
      for (const name of ["HHMB.MESSAGE_SENT", "HHMB.MESSAGE_SENT_CONFIRM"]) {
        window.addEventListener(name, () => events.push(name));
      }
      const scriptElement = document.createElement("script");
      scriptElement.src = script;
      document.head.append(scriptElement);
      await customElements.whenDefined("hh-message-builder");
    },
    { attributes, theme, script: `${sandbox.url}/message-builder/web-component/latest.js` },
  );
  return page.locator("hh-message-builder");
}

const defaultAttributes = () => ({
  "jwt-token": grant.token,
  "tenant-id": grant.groupId,
  env: "staging",
});
const readEvents = () => page.evaluate(() => Reflect.get(window, "events") as string[]);
const waitForText = (text: string) => page.getByText(text).waitFor();

describe("the stand-in for the Message Builder", () => {
  it("the element sends to its patient, and reports when the message is queued and delivered", async () => {
    const element = await mount({
      ...defaultAttributes(),
      "patient-id": grant.patientId,
      "admin-id": "88",
    });
    await waitForText(grant.patientName);
    await element.getByRole("textbox", { name: "Message" }).fill("Your results are here.");
    expect(await readEvents()).toEqual([]);
    await element.getByRole("button", { name: "Send" }).click();
    await element.getByRole("status").filter({ hasText: "is queued" }).waitFor();
    expect(await readEvents()).toEqual(["HHMB.MESSAGE_SENT"]);
    await element.getByRole("status").filter({ hasText: "was delivered" }).waitFor();
    expect(await readEvents()).toEqual(["HHMB.MESSAGE_SENT", "HHMB.MESSAGE_SENT_CONFIRM"]);
    expect(await sandbox.callControl("GET", "/_sandbox/messages")).toMatchObject([
      { patientId: grant.patientId, text: "Your results are here.", adminId: "88", via: "element" },
    ]);
    expect(consoleErrors).toEqual([]);
  });

  it("without a patient, one is selected from the practice's unarchived ones", async () => {
    const element = await mount(defaultAttributes());
    await element.getByLabel("Patient").selectOption({ label: "Mr Daniel Osei" });
    expect(await element.getByRole("option", { name: "Callum Reid" }).count()).toBe(0);
    await element.getByRole("textbox", { name: "Message" }).fill("Hello.");
    await element.getByRole("button", { name: "Send" }).click();
    await waitForText("Your message to Mr Daniel Osei was delivered.");
  });

  it("the element uses a theme that was set before its script loaded", async () => {
    const element = await mount(defaultAttributes(), {
      font: { sans: "serif" },
      colours: {
        primary: { base: "#aa0044", dark: "rgb(1 2 3)" },
        typography: { lightest: "ivory" },
      },
    });
    const styles = await element.getByRole("button", { name: "Send" }).evaluate((button) => {
      const { backgroundColor, color, fontFamily } = getComputedStyle(button);
      return { backgroundColor, color, fontFamily };
    });
    expect(styles).toEqual({
      backgroundColor: "rgb(170, 0, 68)",
      color: "rgb(255, 255, 240)",
      fontFamily: "serif",
    });
  });

  it("without env the element uses staging and says so; there is no production", async () => {
    const { env: _, ...withoutEnv } = defaultAttributes();
    const element = await mount(withoutEnv);
    await waitForText("pointed at staging, because env was left out");
    await element.evaluate((node) => node.setAttribute("env", "production"));
    await waitForText("works in staging only");
    expect(await element.getByRole("button").count()).toBe(0);
  });

  it("an invalid token is explained in the page, and the text being written stays", async () => {
    const other = getCredentials(await sandbox.listPractices(), "Millbrook Health Centre");
    const element = await mount({ ...defaultAttributes(), "tenant-id": other.groupId });
    await waitForText("This token is for another practice.");
    await element.evaluate((node, id) => node.setAttribute("tenant-id", id), grant.groupId);
    const field = element.getByRole("textbox", { name: "Message" });
    await field.fill("Half written");
    await element.getByLabel("Patient").selectOption({ index: 1 });
    await sandbox.callControl("POST", "/_sandbox/clock", { advanceMs: 31 * 60_000 });
    await element.getByRole("button", { name: "Send" }).click();
    await waitForText("This token has expired.");
    expect(await field.inputValue()).toBe("Half written");
    await element.evaluate((node) => node.removeAttribute("jwt-token"));
    expect(await field.inputValue()).toBe("Half written");
    expect(await page.content()).not.toContain(grant.token);
    expect(await element.innerText()).not.toContain(grant.token.slice(0, 8));
  });
});
