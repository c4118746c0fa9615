import { expect, test } from "./fixtures";
import { expectAccessible, expectNoHorizontalScroll } from "./support/assertions";
import { send, startPageServer } from "./support/page-server";

test.use({ practiceGroupId: "30298" });

const embedUrls = (url: string) => {
  const { port } = new URL(url);
  return { portal: url, elements: `http://elements.localhost:${port}` };
};

test("a pasted page is examined in the browser: its faults, the lines that mend it, then nothing", async ({
  page,
  app,
  organisation,
}) => {
  const { portal } = embedUrls(app.url);
  const placement = await organisation.portal.placements.create.mutate({
    element: "hh-message-builder",
    name: "Messages",
    practiceIds: [organisation.practice.id],
    origins: ["https://app.example.org"],
    theme: null,
    attributes: {},
  });
  const checker = `${organisation.path}/elements/checker?placement=${placement.id}`;
  // The page of the placement and the studio both lead here, and say from which one.
  for (const suffix of ["", "/designer"]) {
    await page.goto(`${organisation.path}/elements/${placement.id}${suffix}`);
    await page.getByRole("link", { name: "Embed doctor" }).click();
    await expect(page).toHaveURL(checker);
    await expect(page.getByLabel("Placement")).toHaveValue(placement.id);
  }
  await expect(page.getByRole("button", { name: "Examine the page" })).toBeDisabled();
  await expectAccessible(page);

  const requestUrls: string[] = [];
  page.on("request", (request) => requestUrls.push(request.url()));
  await page
    .getByLabel("Address of the page")
    .fill("https://other.example.org/patients/4010232137");
  await page
    .getByLabel("Response headers")
    .fill("HTTP/2 200\ncontent-security-policy: script-src 'self'; connect-src 'self'");
  await page
    .getByLabel("HTML")
    .fill('<hh-message-builder api-key="k" jwt-token="x"></hh-message-builder>');
  await page.getByRole("button", { name: "Examine the page" }).click();
  for (const text of [
    "The page has an api-key attribute",
    "does not say its env",
    "https://other.example.org is not on the placement's list",
    "(script-src) blocks the loader",
    "(connect-src) blocks calls to the portal",
  ]) {
    await expect(page.getByRole("listitem").filter({ hasText: text })).toBeVisible();
  }
  const scripts = new URL(app.sandbox.url).origin;
  await expect(
    page.getByText(`script-src 'self' ${portal} ${scripts}`, { exact: true }),
  ).toBeVisible();
  await expectAccessible(page);
  await expectNoHorizontalScroll(page);
  expect(requestUrls).toEqual([]);

  await page.getByLabel("Address of the page").fill("https://app.example.org");
  await page.getByLabel("Response headers").fill("cache-control: no-store");
  await page
    .getByLabel("HTML")
    .fill(
      `<script src="${portal}/embed/v1.js" crossorigin></script><hero-placement></hero-placement>`,
    );
  await page.getByRole("button", { name: "Examine the page" }).click();
  await expect(page.getByRole("status").getByText("Nothing found")).toBeVisible();
});

test("the doctor's snippet finds what only shows in the page, and sends nothing of it", async ({
  browser,
  app,
  organisation,
}) => {
  const { portal, elements } = embedUrls(app.url);
  const sandbox = new URL(app.sandbox.url).origin;
  let policy = "";
  const server = await startPageServer((request, response) => {
    if (request.url !== "/") return send(response, "text/html", "", {}, 404);
    send(
      response,
      "text/html",
      `<!doctype html><html lang="en"><head><title>Patient 4010232137</title>
<script src="${portal}/embed/doctor-v1.js" crossorigin
  data-env="staging" data-scripts="${sandbox}" data-hero="${sandbox}" data-elements="${elements}"></script>
<script src="${portal}/embed/v1.js" crossorigin async></script></head>
<body><h1>Record</h1><hh-message-builder api-key="k"></hh-message-builder>
<hero-placement session="hes_${"a".repeat(43)}"></hero-placement></body></html>`,
      { "content-security-policy": policy },
    );
  });
  const origin = `http://partner.localhost:${server.port}`;
  await organisation.portal.placements.create.mutate({
    element: "hh-message-builder",
    name: "Messages",
    practiceIds: [organisation.practice.id],
    origins: [origin],
    theme: null,
    attributes: {},
  });
  // A page of somebody else's, whose faults are what is looked for.
  const context = await browser.newContext();
  const page = await context.newPage();
  const bodies: string[] = [];
  page.on("request", (request) => bodies.push(`${request.url()} ${request.postData() ?? ""}`));

  policy = `script-src ${portal}; connect-src 'self' ${portal}; style-src 'unsafe-inline'`;
  await page.goto(origin);
  const checker = page.getByRole("region", { name: "Embed doctor" });
  await expect(checker.getByText("blocks Hero's script")).toBeVisible();
  await expect(checker.getByText(`script-src ${portal} ${sandbox}`, { exact: true })).toBeVisible();
  await expect(checker.getByText("has an api-key attribute")).toBeVisible();
  await expect(checker.getByText("does not say its env")).toBeVisible();
  await expect(checker.getByText("The loader says: token-refused.")).toBeVisible();
  await expect(checker.getByText("is on no placement's list")).toBeHidden();

  // The same page where nobody allows it.
  await page.goto(`http://stranger.localhost:${server.port}`);
  await expect(checker.getByText("is on no placement's list")).toBeVisible();
  await checker.getByRole("button", { name: "Close" }).click();
  await expect(checker).toBeHidden();

  const otherRequests = bodies.filter((body) => !body.startsWith("http://partner.localhost"));
  expect(otherRequests.join("\n")).not.toContain("4010232137");
  expect(otherRequests.join("\n")).not.toContain("Record");
  await context.close();
  await server.stop();
});

test("the doctor hears what the browser blocks from the start, each thing once", async ({
  browser,
  app,
}) => {
  const { portal, elements } = embedUrls(app.url);
  const sandbox = new URL(app.sandbox.url).origin;
  let tag = "";
  let policy = "";
  const server = await startPageServer((request, response) => {
    // Nothing is told of the page's policies but what the browser does by them.
    if (request.method === "HEAD") return void response.writeHead(405).end();
    const path = "/message-builder/web-component/latest.js";
    send(
      response,
      "text/html",
      `<!doctype html><html lang="en"><head><title>Partner</title>${tag}
<script src="${sandbox}${path}" async></script><script src="${sandbox}${path}?again" async></script></head>
<body><h1>Record</h1></body></html>`,
      { "content-security-policy": policy },
    );
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  const checker = page.getByRole("region", { name: "Embed doctor" });

  tag = `<script src="${portal}/embed/doctor-v1.js" crossorigin data-env="staging"
    data-scripts="${sandbox}" data-hero="${sandbox}" data-elements="${elements}"></script>`;
  policy = `default-src 'self'; script-src ${portal}`;
  await page.goto(`http://partner.localhost:${server.port}`);
  await expect(checker.getByRole("status")).toHaveText("Embed doctor: 2 things to look at");
  await expect(checker.getByText(`script-src ${portal} ${sandbox}`, { exact: true })).toBeVisible();
  await expect(checker.getByText(`connect-src 'self' ${portal}`, { exact: true })).toBeVisible();

  // A tag that lost what it says of the portal's addresses.
  tag = `<script src="${portal}/embed/doctor-v1.js" crossorigin></script>`;
  await page.goto(`http://partner.localhost:${server.port}`);
  await expect(checker.getByText("The doctor's own tag is not whole")).toBeVisible();
  await context.close();
  await server.stop();
});
